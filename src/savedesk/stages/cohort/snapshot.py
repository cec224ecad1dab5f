"""The cohort of a snapshot source: one as_of, given labels, stratified folds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ibis

from savedesk.params.cohort import CohortParams
from savedesk.schemas.labels import CHURN_TYPES


def snapshot_cohort(tables: dict[str, Any], as_of: dt.date, params: CohortParams) -> Any:
    """Return the cohort contract's table. A subscriber without a given label is scored and never trained on.

    Rows that are alike in every attribute land in the same fold: one of them would give the other away.

    Args:
        tables: subscribers, labels and attributes.
        as_of: day of the snapshot.
        params: section ``cohort``.
    """
    labels = tables["labels"].drop("as_of", "reason")
    off = labels.churn_type.isin(params.switched_off or ("",)).fill_null(False)
    labels = labels.mutate(churned=labels.churned & ~off)
    rows = tables["subscribers"].select("subscriber_id").left_join(labels, "subscriber_id").drop("subscriber_id_right")
    rows = rows.left_join(_twins(tables["attributes"]), "subscriber_id").drop("subscriber_id_right")
    rows = rows.mutate(twins=ibis.coalesce(rows.twins, rows.subscriber_id))
    start = as_of + dt.timedelta(days=params.lead_days)
    folded = _folded(rows, params)
    churn_type = ibis.ifelse(folded.churned, ibis.coalesce(folded.churn_type, "cancelled"), ibis.null("string"))
    return folded.select(
        "subscriber_id",
        as_of=_date(as_of),
        role=ibis.ifelse(folded.churned.notnull(), "train", "score"),
        fold=ibis.ifelse(folded.churned.notnull(), folded.fold, ibis.null("int64")),
        outcome_start=_date(start),
        outcome_end=_date(start + dt.timedelta(days=params.outcome_days)),
        churned=folded.churned,
        churn_type=churn_type,
        churned_on=folded.churned_on,
        **{f"{name}_on": ibis.ifelse(churn_type == name, folded.churned_on, ibis.null("date")) for name in CHURN_TYPES},
        label_known_on=ibis.null("date"),
        exit_on=ibis.null("date"),
        followed_until=ibis.null("date"),
    )


def _twins(attributes: Any) -> Any:
    """Return subscriber_id and a text that equals another subscriber's only where all attributes do."""
    names = [name for name in attributes.columns if name != "subscriber_id"]
    if not names:
        return attributes.select("subscriber_id", twins=attributes.subscriber_id)
    texts = [attributes[name].cast("string").fill_null("") for name in names]
    joined = texts[0]
    for text in texts[1:]:
        joined = joined + "\x1f" + text
    return attributes.select("subscriber_id", twins=joined)


def _folded(rows: Any, params: CohortParams) -> Any:
    """Deal the groups of twins out to the folds, churners and stayers apart, in an order drawn by the seed."""
    groups = rows.group_by("twins").aggregate(churner=rows.churned.fill_null(False).cast("int64").max())
    drawn = (ibis.literal(f"{params.seed}|") + groups.twins).hexdigest("md5")
    order = ibis.window(group_by=groups.churner, order_by=[drawn, groups.twins])
    dealt = groups.select("twins", fold=(ibis.row_number().over(order) % params.snapshot_folds + 1).cast("int64"))
    return rows.left_join(dealt, "twins").drop("twins_right")


def _date(day: dt.date) -> Any:
    return ibis.date(day.year, day.month, day.day)
