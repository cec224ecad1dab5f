"""The tables of known facts that features are computed from, at one as_of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ibis

from savedesk.contracts import (
    bills,
    complaints,
    contacts,
    incidents,
    market,
    plan_changes,
    status_changes,
    surveys,
    usage,
)
from savedesk.contracts.usage import MEASURES
from savedesk.features.known import known_before
from savedesk.features.months import Panel, by_month, lagged, zero_where_silent
from savedesk.features.spans import HALF_YEAR_DAYS, MONTH_DAYS, QUARTER_DAYS

USAGE = tuple(column.name for column in MEASURES)
BILLS = ("plan_fee", "overage_fee", "vas_fee", "other_fee", "discount", "total_due")
EVENTS = {table.name: table for table in (complaints.TABLE, plan_changes.TABLE, contacts.TABLE, surveys.TABLE)}


Keep = Callable[[Any, str], Any]


def month_panels(tables: Mapping[str, Any], keep: Keep) -> dict[str, Panel]:
    """Return usage and bills as one row a subscriber, computed once for all as_of dates.

    Args:
        tables: canonical tables by name.
        keep: computes an expression under a name and returns the table; see ``Engine.materialise``.
    """
    return {
        "usage": by_month(tables["usage"], USAGE, keep, "usage_by_month"),
        "bills": by_month(tables["bills"], BILLS, keep, "bills_by_month"),
    }


def facts_at(
    tables: Mapping[str, Any], panels: Mapping[str, Panel], cohort_at: Any, months: int, keep: Keep
) -> dict[str, Any]:
    """Return each basis as an Ibis table with the columns that its features use, among them ``as_of``.

    No expression names the as_of: it is a column. So all of them serve for the next as_of once the rows of
    ``cohort_at`` are exchanged.

    Args:
        tables: canonical tables by name.
        panels: see ``month_panels``.
        cohort_at: subscriber_id and as_of of those in the cohort at one as_of.
        months: months looked back over.
        keep: see ``month_panels``.
    """
    clock = keep(cohort_at.aggregate(as_of=cohort_at.as_of.max()), "clock_at")
    subscriber = keep(_subscriber(tables, cohort_at), "subscriber_at")
    billed = known_before(tables["bills"], bills.TABLE, clock)
    facts = {
        "usage": _usage(tables["usage"], panels["usage"], subscriber, clock, months),
        "bills": lagged(cohort_at, panels["bills"], BILLS, months),
        "payments": billed.semi_join(cohort_at, "subscriber_id"),
        **{
            name: known_before(tables[name], table, clock).semi_join(cohort_at, "subscriber_id")
            for name, table in EVENTS.items()
        },
        "region": _region(tables, subscriber, clock),
        "account": _account(tables, subscriber, clock),
    }
    return {"subscriber": subscriber} | {name: keep(expression, f"{name}_at") for name, expression in facts.items()}


def _subscriber(tables: Mapping[str, Any], cohort_at: Any) -> Any:
    """The master data and attributes. A contract that began later, or the plan of today, was not known then."""
    rows = cohort_at.left_join(tables["subscribers"], "subscriber_id").drop("subscriber_id_right")
    begun = (rows.contract_start < rows.as_of).fill_null(True)
    rows = rows.mutate(contract_end=ibis.ifelse(begun, rows.contract_end, ibis.null("date"))).drop("plan_id")
    return rows.left_join(tables["attributes"], "subscriber_id").drop("subscriber_id_right")


def _usage(table: Any, panel: Panel, subscriber: Any, clock: Any, months: int) -> Any:
    known = known_before(table, usage.TABLE, clock)
    newest = known.aggregate(newest_month=known.month.max())
    wide = lagged(subscriber.select("subscriber_id", "activated_on", "as_of"), panel, USAGE, months)
    return zero_where_silent(wide.cross_join(newest), USAGE, months, panel.first)


def _region(tables: Mapping[str, Any], subscriber: Any, clock: Any) -> Any:
    """One row a subscriber: the incidents and the market of their region."""
    faults = known_before(tables["incidents"], incidents.TABLE, clock)
    age = faults.as_of.delta(faults.started_at, unit="day")
    faults = faults.group_by("region").aggregate(
        incidents_1m=(age <= MONTH_DAYS).sum().cast("float64"),
        incidents_3m=(age <= QUARTER_DAYS).sum().cast("float64"),
        severity_3m=ibis.ifelse(age <= QUARTER_DAYS, faults.severity, 0).sum().cast("float64"),
    )
    seen = known_before(tables["market"], market.TABLE, clock)
    lately = seen.month >= seen.as_of - ibis.interval(months=3)
    newest = seen.group_by("region").aggregate(
        price_index=seen.competitor_price_index.argmax(seen.month),
        campaigns_1m=seen.competitor_campaigns.argmax(seen.month).cast("float64"),
        campaigns_3m=seen.competitor_campaigns.sum(where=lately).cast("float64"),
    )
    rows = subscriber.select("subscriber_id", "region", "as_of")
    rows = rows.left_join(faults, "region").drop("region_right")
    return rows.left_join(newest, "region").drop("region_right")


def _account(tables: Mapping[str, Any], subscriber: Any, clock: Any) -> Any:
    """One row a subscriber: the other lines of their account, and how many of them have left and not come back."""
    everyone = tables["subscribers"].select("subscriber_id", "account_id", "activated_on").cross_join(clock)
    everyone = everyone.filter((everyone.activated_on < everyone.as_of).fill_null(True))
    changes = known_before(tables["status_changes"], status_changes.TABLE, clock)
    out = changes.status.isin(["cancelled", "ported_out"])
    left = changes.group_by("subscriber_id").aggregate(
        left_on=changes.changed_on.max(where=out), back_on=changes.changed_on.max(where=~out)
    )
    left = left.filter((left.back_on <= left.left_on).fill_null(True)).select("subscriber_id", "left_on")
    lines = everyone.left_join(left, "subscriber_id")
    recent = lines.left_on >= lines.as_of - ibis.interval(days=HALF_YEAR_DAYS)
    accounts = lines.group_by("account_id").aggregate(
        lines=lines.left_on.isnull().sum().cast("float64"),
        left_6m=recent.fill_null(False).sum().cast("float64"),
    )
    rows = subscriber.select("subscriber_id", "account_id", "as_of")
    return rows.left_join(accounts, "account_id").drop("account_id_right")
