"""The cohort of a source with dated facts: eligible subscribers at each as_of, with labels that had time to ripen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import ibis
import pyarrow as pa

from savedesk.domain.statuses import GONE, spans, unknown_statuses
from savedesk.engine.base import ARROW_TYPES, Engine
from savedesk.params.cohort import CohortParams
from savedesk.schemas import cohort
from savedesk.stages.cohort.exits import PRIORITY, active_months, dormancies, exits
from savedesk.stages.cohort.notice import under_notice
from savedesk.stages.cohort.unknown_use import unknown_months
from savedesk.stages.cohort.usage_known import UsageKnown
from savedesk.stages.cohort.windows import Window, month_start


def dated_cohort(
    engine: Engine, tables: dict[str, Any], spine: list[Window], params: CohortParams, known: UsageKnown
) -> Any:
    """Return the cohort contract's table.

    Args:
        engine: open engine.
        tables: subscribers, status_changes, usage and unknown_facts.
        spine: windows, oldest first.
        params: section ``cohort``.
        known: what is known of usage, and when it was.
    """
    known_until = spine[-1].as_of
    used = active_months(tables["usage"], known.first_month, known.until or known.first_month)
    span = engine.materialise(spans(tables["status_changes"]), "spans")
    known_or_gap = used.union(_unknown_use(engine, tables["subscribers"], known.gaps, spine[0].as_of, params))
    doubtful = _unknown_months(engine, tables, known)
    perhaps = known_or_gap.union(doubtful)
    left = engine.materialise(exits(span, perhaps, params, known_until, known.until), "exits")
    dates = window_table(engine, spine)
    *_, rows = eligible(engine, tables, dates, params, known)
    first = (
        _first_exits(left, dates).left_join(_exits_by_type(left, dates), KEY).drop(*(f"{name}_right" for name in KEY))
    )
    unknown = _gone(dates, span, left).union(_late(dates, tables["status_changes"], used, params))
    unknown = unknown.union(_status_unknown(dates, unknown_statuses(tables["status_changes"], tables["unknown_facts"])))
    if known.until and int(doubtful.count().execute()):
        silent, active = (rows.semi_join(doubtful, "subscriber_id") for rows in (known_or_gap, perhaps))
        unknown = unknown.union(_doubtful_dormancy(dates, silent, active, params, known.until))
    unknown = unknown.distinct()
    followed = _followed_exits(left, dates, spine[0].ripening_days)
    labelled = [window.as_of for window in spine if window.usage_known and window.label_known_on <= known_until]
    return _label(rows, first, followed, unknown.mutate(unknown=True), labelled)


KEY = ("subscriber_id", "as_of")


def window_table(engine: Engine, spine: list[Window]) -> Any:
    """Return the windows as a table of the engine, one row an as_of."""
    names = ("as_of", "outcome_start", "outcome_end", "label_known_on", "role", "fold", "followed_until")
    schema = pa.schema([(name, ARROW_TYPES[cohort.TABLE.column(name).dtype]) for name in names])
    return engine.taken(
        pa.Table.from_pylist([{name: getattr(window, name) for name in names} for window in spine], schema)
    )


def eligible(
    engine: Engine, tables: dict[str, Any], dates: Any, params: CohortParams, known: UsageKnown
) -> tuple[Any, Any, Any]:
    """Return three tables of subscriber_id and the columns of ``dates``, each a part of the one before.

    Who has enough tenure; who of them has neither left nor is suspended nor has given notice, as was known at as_of;
    and who of them has used something of late, or may have: a month whose row was turned away is no silence.
    """
    rows = dates.cross_join(tables["subscribers"].select("subscriber_id", "activated_on"))
    tenure_days = max(params.minimum_tenure_days, 1)  # whom as_of itself brings was not known before it
    old_enough = rows.activated_on <= rows.as_of - ibis.interval(days=tenure_days)
    settled = rows.filter(rows.activated_on.isnull() | old_enough).drop("activated_on")
    leaving = under_notice(tables["status_changes"], dates, params.allowed_gap_days)
    active = settled.anti_join(_inactive(tables["status_changes"], dates).union(leaving), list(KEY))
    if not known.until:
        return settled, active, active
    used = active_months(tables["usage"], known.first_month, known.until)
    used = used.union(_unknown_months(engine, tables, known))
    lately = _recently_used(engine, used, known.recent(params.dormant_days))
    return settled, active, active.semi_join(lately, list(KEY))


def _inactive(status_changes: Any, dates: Any) -> Any:
    """Return subscriber_id and as_of of those whose status was another than active, as was known at as_of."""
    ever = status_changes.filter(status_changes.status != "active").select("subscriber_id").distinct()
    known, days = status_changes.semi_join(ever, "subscriber_id"), dates.select("as_of")
    known = known.inner_join(days, [known.known_on < days.as_of, known.changed_on < days.as_of])
    now = spans(known, KEY)
    return now.filter(now.until.isnull(), now.status != "active").select(*KEY)


def _at_dates(facts: Any, dates: Any, conditions: Callable[[Any], list[Any]]) -> Any:
    """Return subscriber_id and as_of wherever a fact meets the conditions at an as_of.

    The few dates are joined with the facts, not with the many rows of the cohort: what follows joins on equal keys.
    """
    return facts.inner_join(dates, conditions(facts)).select("subscriber_id", "as_of").distinct()


def _recently_used(engine: Engine, used: Any, recent: list[dict[str, dt.date]]) -> Any:
    """Return subscriber_id and as_of where use was known in one of the ``recent`` months of an as_of."""
    schema = pa.schema([("as_of", pa.date32()), ("month", pa.date32())])
    months = engine.taken(pa.Table.from_pylist(recent, schema))
    both = used.inner_join(months, "month")
    return both.filter(both.known_on < both.as_of).select(*KEY).distinct()


def _unknown_months(engine: Engine, tables: dict[str, Any], known: UsageKnown) -> Any:
    return unknown_months(engine, tables["usage"], tables["unknown_facts"], known.first_month, known.until)


def _status_unknown(dates: Any, spans_unknown: Any) -> Any:
    """Return the rows whose outcome window a status change that was turned away may decide."""
    return _at_dates(
        spans_unknown,
        dates,
        lambda span: [
            span.since.isnull() | (span.since < dates.outcome_end),
            span.until.isnull() | (span.until > dates.as_of),
        ],
    )


def _doubtful_dormancy(dates: Any, silent: Any, active: Any, params: CohortParams, usage_until: dt.date) -> Any:
    """Return the rows of which a dormancy is there or not, depending on what the unknown months were.

    Args:
        dates: the windows.
        silent: months of use where the unknown ones count as silence.
        active: the same where they count as use.
        params: section ``cohort``.
        usage_until: first day of whose month the use is not known.
    """
    day = ["subscriber_id", "churned_on"]
    if_silent, if_active = (dormancies(months, params, usage_until) for months in (silent, active))
    either = if_silent.anti_join(if_active, day).union(if_active.anti_join(if_silent, day))
    return _at_dates(
        either,
        dates,
        lambda exit_: [
            exit_.churned_on < dates.outcome_end,
            (exit_.churned_on >= dates.as_of) | exit_.until.isnull() | (exit_.until > dates.as_of),
        ],
    )


def _unknown_use(engine: Engine, people: Any, gaps: Sequence[dt.date], first: dt.date, params: CohortParams) -> Any:
    """Return a month of use of everybody for each month of which nobody knows it: such a month is no silence.

    Gaps that lie before every silence which can matter at ``first`` are left out.
    """
    from_day = month_start(first - dt.timedelta(days=params.dormant_days))
    rows = [{"month": month, "known_on": month} for month in gaps if month >= from_day]
    months = engine.taken(pa.Table.from_pylist(rows, pa.schema([("month", pa.date32()), ("known_on", pa.date32())])))
    return people.select("subscriber_id").cross_join(months).select("subscriber_id", "month", "known_on")


def _gone(dates: Any, span: Any, left: Any) -> Any:
    """Return the rows of subscribers who had left before their as_of, in whatever way, though nobody knew it yet.

    One who is back within the allowed gap has not left for good, but was not there at as_of either.
    """
    away = span.filter(span.status.isin(GONE))
    return _away(away, "changed_on", dates).union(_away(left, "churned_on", dates))


def _away(facts: Any, since: str, dates: Any) -> Any:
    return _at_dates(
        facts,
        dates,
        lambda facts: [facts[since] < dates.as_of, facts.until.isnull() | (facts.until > dates.as_of)],
    )


def _late(dates: Any, status_changes: Any, used: Any, params: CohortParams) -> Any:
    """Return the rows whose label rests on what became known only on or after ``label_known_on``.

    That is a status change from the longest suspension before as_of on, or use in a month that the outcome window
    touches. Without it the label would be another one, and nobody could have known this one in time.
    """
    changes = status_changes.filter(status_changes.known_on > status_changes.changed_on)
    back = ibis.interval(days=params.arrears_days)
    changed = _at_dates(
        changes,
        dates,
        lambda change: [
            change.known_on >= dates.label_known_on,
            change.changed_on < dates.label_known_on,
            change.changed_on >= dates.as_of - back,
        ],
    )
    late = used.filter(used.known_on >= used.month + ibis.interval(months=1))
    seen = _at_dates(
        late,
        dates,
        lambda late: [
            late.known_on >= dates.label_known_on,
            late.month < dates.outcome_end,
            late.month >= dates.as_of - ibis.interval(days=params.dormant_days),
        ],
    )
    return changed.union(seen)


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


def _followed_exits(left: Any, dates: Any, ripening_days: int) -> Any:
    """Return the first exit from the outcome window's start on, as far as each as_of is followed.

    What became known too late for whoever may use the row is not seen: nobody could have learnt from it.
    """
    seen_until = (dates.followed_until + ibis.interval(days=ripening_days)).cast("date")
    ends = dates.mutate(seen_until=seen_until).filter(dates.followed_until.notnull())
    ahead = left.inner_join(
        ends,
        [
            left.churned_on >= ends.outcome_start,
            left.churned_on < ends.followed_until,
            left.known_on.isnull() | (left.known_on < ends.seen_until),
        ],
    )
    return ahead.group_by(list(KEY)).aggregate(exit_on=ahead.churned_on.min())


def _label(rows: Any, first: Any, followed: Any, unknown: Any, labelled: list[dt.date]) -> Any:
    """Give each row the first exit on or after its as_of, if that is one of the ``labelled``.

    An exit within the lead is neither a save nor a stay, nor is one before as_of that became known later, nor one that
    became known after the label should have been: such a row has no label, and is neither trained nor tested on.
    """
    both = rows.left_join(first, ["subscriber_id", "as_of"]).drop("subscriber_id_right", "as_of_right")
    both = both.left_join(followed, ["subscriber_id", "as_of"]).drop("subscriber_id_right", "as_of_right")
    both = both.left_join(unknown, ["subscriber_id", "as_of"])
    ripe = both.as_of.isin([ibis.date(day.year, day.month, day.day) for day in labelled])
    inside = (both.churned_on >= both.outcome_start) & (both.churned_on < both.outcome_end)
    in_lead = (both.churned_on < both.outcome_start).fill_null(False)
    churned = ibis.ifelse(ripe & ~in_lead & both.unknown.isnull(), inside.fill_null(False), ibis.null("boolean"))
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
        exit_on=ibis.ifelse(churned.notnull(), both.exit_on, ibis.null("date")),
        followed_until=ibis.ifelse(churned.notnull(), both.followed_until, ibis.null("date")),
    )
