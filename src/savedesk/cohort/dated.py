"""The cohort of a source with dated facts: eligible subscribers at each as_of, with labels that had time to ripen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import ibis
import pyarrow as pa

from savedesk.cohort.exits import PRIORITY, active_months, dormant_months, exits
from savedesk.cohort.notice import under_notice
from savedesk.cohort.windows import Window, month_start
from savedesk.contracts import cohort
from savedesk.engine.base import ARROW_TYPES, Engine
from savedesk.params.cohort import CohortParams
from savedesk.statuses import GONE, spans


def dated_cohort(
    engine: Engine, tables: dict[str, Any], spine: list[Window], params: CohortParams, first_month: dt.date
) -> Any:
    """Return the cohort contract's table.

    Args:
        engine: open engine.
        tables: subscribers, status_changes and usage.
        spine: windows, oldest first.
        params: section ``cohort``.
        first_month: first month of the data.
    """
    known_until = spine[-1].as_of
    used = active_months(tables["usage"], first_month, month_start(known_until, -1))
    left = exits(tables["status_changes"], used, params, known_until)
    dates = _window_table(engine, spine)
    rows = dates.cross_join(tables["subscribers"].select("subscriber_id", "activated_on"))
    rows = _eligible(rows, dates, tables["status_changes"], used, params)
    first = (
        _first_exits(left, dates).left_join(_exits_by_type(left, dates), KEY).drop(*(f"{name}_right" for name in KEY))
    )
    return _label(rows, first, _gone(dates, tables["status_changes"]), known_until)


KEY = ("subscriber_id", "as_of")


def _window_table(engine: Engine, spine: list[Window]) -> Any:
    names = ("as_of", "outcome_start", "outcome_end", "label_known_on", "role", "fold")
    schema = pa.schema([(name, ARROW_TYPES[cohort.TABLE.column(name).dtype]) for name in names])
    return engine.taken(pa.Table.from_pylist([{name: getattr(one, name) for name in names} for one in spine], schema))


def _eligible(rows: Any, dates: Any, status_changes: Any, used: Any, params: CohortParams) -> Any:
    """Keep active subscribers of enough tenure that have neither left, nor given notice, nor gone dormant."""
    old_enough = rows.activated_on <= rows.as_of - ibis.interval(days=params.minimum_tenure_days)
    rows = rows.filter(rows.activated_on.isnull() | old_enough).drop("activated_on")
    span = spans(status_changes)
    span = span.filter(span.status != "active")
    inactive = _at_dates(
        span,
        dates,
        lambda span: [
            span.known_on < dates.as_of,
            span.changed_on < dates.as_of,
            span.until.isnull() | (span.until >= dates.as_of) | (span.until_known_on >= dates.as_of),
        ],
    )
    leaving = under_notice(status_changes, dates, params.allowed_gap_days)
    rows = rows.anti_join(inactive.union(leaving), ["subscriber_id", "as_of"])
    if not used.limit(1).count().execute():
        return rows
    return rows.semi_join(_recently_used(used, dormant_months(params)), ["subscriber_id", "as_of"])


def _at_dates(facts: Any, dates: Any, conditions: Callable[[Any], list[Any]]) -> Any:
    """Return subscriber_id and as_of wherever a fact meets the conditions at an as_of.

    The few dates are joined with the facts, not with the many rows of the cohort: what follows joins on equal keys.
    """
    return facts.inner_join(dates, conditions(facts)).select("subscriber_id", "as_of").distinct()


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
    gone = _at_dates(
        span,
        dates,
        lambda span: [span.changed_on < dates.as_of, span.until.isnull() | (span.until > dates.as_of)],
    )
    return gone.mutate(gone=True)


def _exits_by_type(left: Any, dates: Any) -> Any:
    """Return the first exit of each type in each outcome window."""
    inside = left.inner_join(dates, [left.churned_on >= dates.outcome_start, left.churned_on < dates.outcome_end])
    firsts = {f"{name}_on": inside.churned_on.min(where=inside.churn_type == name) for name in PRIORITY}
    return inside.group_by(list(KEY)).aggregate(**firsts)


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
        **{f"{name}_on": ibis.ifelse(shown, both[f"{name}_on"], ibis.null("date")) for name in PRIORITY},
        label_known_on=both.label_known_on,
    )
