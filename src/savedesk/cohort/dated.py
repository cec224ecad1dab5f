"""The cohort of a source with dated facts: eligible subscribers at each as_of, with labels that had time to ripen."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ibis

from savedesk.cohort.exits import GONE, PRIORITY, active_months, dormant_months, exits, spans
from savedesk.cohort.windows import Window, month_start
from savedesk.params.cohort import CohortParams


def dated_cohort(tables: dict[str, Any], spine: list[Window], params: CohortParams, first_month: dt.date) -> Any:
    """Return the cohort contract's table.

    Args:
        tables: subscribers, status_changes and usage.
        spine: windows, oldest first.
        params: section ``cohort``.
        first_month: first month of the data.
    """
    known_until = spine[-1].as_of
    used = active_months(tables["usage"], first_month, month_start(known_until, -1))
    left = exits(tables["status_changes"], used, params, known_until)
    dates = _window_table(spine)
    rows = dates.cross_join(tables["subscribers"].select("subscriber_id", "activated_on"))
    rows = _eligible(rows, dates, tables["status_changes"], used, params)
    return _label(rows, _first_exits(left, dates), _gone(dates, tables["status_changes"]), known_until)


def _window_table(spine: list[Window]) -> Any:
    schema = {
        "as_of": "date",
        "outcome_start": "date",
        "outcome_end": "date",
        "label_known_on": "date",
        "role": "string",
        "fold": "int64",
    }
    return ibis.memtable(
        [{name: getattr(window, name) for name in schema} for window in spine], schema=ibis.schema(schema)
    )


def _eligible(rows: Any, dates: Any, status_changes: Any, used: Any, params: CohortParams) -> Any:
    """Keep active subscribers of enough tenure that have neither left nor gone dormant."""
    old_enough = rows.activated_on <= rows.as_of - ibis.interval(days=params.minimum_tenure_days)
    rows = rows.filter(rows.activated_on.isnull() | old_enough).drop("activated_on")
    span = spans(status_changes)
    span = span.filter(span.status != "active")
    inactive = _at_dates(
        span,
        dates,
        [
            span.known_on < dates.as_of,
            span.changed_on < dates.as_of,
            span.until.isnull() | (span.until >= dates.as_of) | (span.until_known_on >= dates.as_of),
        ],
    )
    rows = rows.anti_join(inactive, ["subscriber_id", "as_of"])
    if not used.limit(1).count().execute():
        return rows
    return rows.semi_join(_recently_used(used, dormant_months(params)), ["subscriber_id", "as_of"])


def _at_dates(facts: Any, dates: Any, conditions: list[Any]) -> Any:
    """Return subscriber_id and as_of wherever a fact meets the conditions at an as_of.

    The few dates are joined with the facts, not with the many rows of the cohort: what follows joins on equal keys.
    """
    return facts.inner_join(dates, conditions).select("subscriber_id", "as_of").distinct()


def _recently_used(used: Any, months: int) -> Any:
    """Return subscriber_id and as_of where use was known in one of the ``months`` months before."""
    shifted = [
        used.mutate(as_of=(used.month + ibis.interval(months=back)).cast("date")) for back in range(1, months + 1)
    ]
    return ibis.union(*shifted).filter(ibis._.known_on < ibis._.as_of).select("subscriber_id", "as_of").distinct()


def _gone(dates: Any, status_changes: Any) -> Any:
    """Return the rows of subscribers who had left before their as_of, though nobody knew it yet."""
    span = spans(status_changes)
    span = span.filter(span.status.isin(GONE))
    conditions = [span.changed_on < dates.as_of, span.until.isnull() | (span.until > dates.as_of)]
    return _at_dates(span, dates, conditions).mutate(gone=True)


def _first_exits(left: Any, dates: Any) -> Any:
    """Return the first exit of each subscriber on or after each as_of, if it falls before the outcome window's end."""
    ahead = left.inner_join(dates, [left.churned_on >= dates.as_of, left.churned_on < dates.outcome_end])
    ahead = ahead.select("subscriber_id", "as_of", "churned_on", "churn_type")
    place = ibis.cases(*[(ahead.churn_type == name, rank) for name, rank in PRIORITY.items()])
    order = ibis.window(group_by=["subscriber_id", "as_of"], order_by=["churned_on", place])
    return ahead.mutate(position=ibis.row_number().over(order)).filter(ibis._.position == 0).drop("position")


def _label(rows: Any, first: Any, gone: Any, known_until: dt.date) -> Any:
    """Give each row the first exit on or after its as_of, where the label is ripe.

    An exit within the lead is neither a save nor a stay, nor is one before as_of that became known later: such a row
    has no label, and is neither trained nor tested on.
    """
    both = rows.left_join(first, ["subscriber_id", "as_of"]).drop("subscriber_id_right", "as_of_right")
    both = both.left_join(gone, ["subscriber_id", "as_of"])
    ripe = both.label_known_on <= ibis.date(known_until.year, known_until.month, known_until.day)
    inside = (both.churned_on >= both.outcome_start) & (both.churned_on < both.outcome_end)
    in_lead = (both.churned_on < both.outcome_start).fill_null(False)
    churned = ibis.ifelse(ripe & ~in_lead & both.gone.isnull(), inside.fill_null(False), ibis.null("boolean"))
    shown = churned.fill_null(False)
    return both.select(
        "subscriber_id",
        "as_of",
        "role",
        "fold",
        "outcome_start",
        "outcome_end",
        churned=churned,
        churn_type=ibis.ifelse(shown, both.churn_type, ibis.null("string")),
        churned_on=ibis.ifelse(shown, both.churned_on, ibis.null("date")),
        label_known_on=both.label_known_on,
    )
