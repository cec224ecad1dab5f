"""The tables of known facts that features are computed from, at one as_of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import ibis

from savedesk.contracts import bills, complaints, contacts, plan_changes, status_changes, surveys, usage
from savedesk.contracts.usage import MEASURES
from savedesk.features.known import known_before
from savedesk.features.months import by_month, lagged, zero_where_silent
from savedesk.features.spans import HALF_YEAR_DAYS, MONTH_DAYS, QUARTER_DAYS

USAGE = tuple(column.name for column in MEASURES)
BILLS = ("plan_fee", "overage_fee", "vas_fee", "other_fee", "discount", "total_due")
EVENTS = {table.name: table for table in (complaints.TABLE, plan_changes.TABLE, contacts.TABLE, surveys.TABLE)}


Keep = Callable[[Any, str], Any]


def month_panels(tables: Mapping[str, Any], keep: Keep) -> dict[str, Any]:
    """Return usage and bills as one row a subscriber, computed once for all as_of dates.

    Args:
        tables: canonical tables by name.
        keep: computes an expression once under a name and returns the table; see ``Engine.materialise``.
    """
    return {
        "usage": keep(by_month(tables["usage"], USAGE), "usage_by_month"),
        "bills": keep(by_month(tables["bills"], BILLS), "bills_by_month"),
    }


def facts_at(
    tables: Mapping[str, Any],
    panels: Mapping[str, Any],
    cohort: Any,
    as_of: dt.date,
    months: int,
    first_month: dt.date,
    keep: Keep,
) -> dict[str, Any]:
    """Return each basis as an Ibis table with the columns that its features use, among them ``as_of``.

    Each is computed here under a name of its own: the features of the next as_of are the same expressions over the
    same names, so they need not be translated again.

    Args:
        tables: canonical tables by name.
        panels: see ``month_panels``.
        cohort: subscriber_id of those in the cohort at this as_of.
        as_of: day of the decision.
        months: months looked back over.
        first_month: first month of the data.
        keep: see ``month_panels``.
    """
    day = ibis.date(as_of.year, as_of.month, as_of.day)
    subscriber = _subscriber(tables, cohort, as_of)
    subscriber = keep(subscriber, "master_at")
    used = _usage(tables["usage"], panels["usage"], subscriber, as_of, months, first_month)
    paid = cohort.left_join(lagged(panels["bills"], BILLS, as_of, months), "subscriber_id")
    billed = known_before(tables["bills"], bills.TABLE, as_of)
    events = {name: _events(tables[name], table, cohort, as_of) for name, table in EVENTS.items()}
    facts = {
        "subscriber": subscriber.left_join(tables["attributes"], "subscriber_id", rname="{name}_attribute").drop(
            "subscriber_id_attribute"
        ),
        "usage": used,
        "bills": paid.drop("subscriber_id_right").mutate(as_of=day),
        "payments": billed.semi_join(cohort, "subscriber_id").mutate(as_of=day),
        **events,
        "region": _region(tables, subscriber, as_of),
        "account": _account(tables, subscriber, as_of),
    }
    return {name: keep(expression, f"{name}_at") for name, expression in facts.items()}


def _subscriber(tables: Mapping[str, Any], cohort: Any, as_of: dt.date) -> Any:
    """The master data. A contract that began later, or the plan of today, was not known then."""
    day = ibis.date(as_of.year, as_of.month, as_of.day)
    rows = cohort.left_join(tables["subscribers"], "subscriber_id").drop("subscriber_id_right")
    begun = (rows.contract_start < day).fill_null(True)
    return rows.mutate(as_of=day, contract_end=ibis.ifelse(begun, rows.contract_end, ibis.null("date"))).drop("plan_id")


def _usage(table: Any, panel: Any, subscriber: Any, as_of: dt.date, months: int, first_month: dt.date) -> Any:
    known = known_before(table, usage.TABLE, as_of)
    rows = subscriber.select("subscriber_id", "activated_on", "as_of")
    wide = rows.left_join(lagged(panel, USAGE, as_of, months), "subscriber_id").drop("subscriber_id_right")
    newest = known.aggregate(newest_month=known.month.max())
    return zero_where_silent(wide.cross_join(newest), USAGE, as_of, months, first_month)


def _events(table: Any, contract: Any, cohort: Any, as_of: dt.date) -> Any:
    day = ibis.date(as_of.year, as_of.month, as_of.day)
    return known_before(table, contract, as_of).semi_join(cohort, "subscriber_id").mutate(as_of=day)


def _region(tables: Mapping[str, Any], subscriber: Any, as_of: dt.date) -> Any:
    """One row a subscriber: the incidents and the market of their region."""
    day = ibis.date(as_of.year, as_of.month, as_of.day)
    faults = tables["incidents"].filter(ibis._.known_on < day)
    age = day.delta(faults.started_at, unit="day")
    faults = faults.group_by("region").aggregate(
        incidents_1m=(age <= MONTH_DAYS).sum().cast("float64"),
        incidents_3m=(age <= QUARTER_DAYS).sum().cast("float64"),
        severity_3m=faults.severity.sum(where=age <= QUARTER_DAYS).cast("float64"),
    )
    market = tables["market"].filter(ibis._.known_on < day)
    newest = market.group_by("region").aggregate(
        price_index=market.competitor_price_index.argmax(market.month),
        campaigns_1m=market.competitor_campaigns.argmax(market.month).cast("float64"),
        campaigns_3m=market.competitor_campaigns.sum(where=market.month >= day - ibis.interval(months=3)).cast(
            "float64"
        ),
    )
    rows = subscriber.select("subscriber_id", "region", "as_of")
    rows = rows.left_join(faults, "region").drop("region_right")
    return rows.left_join(newest, "region").drop("region_right")


def _account(tables: Mapping[str, Any], subscriber: Any, as_of: dt.date) -> Any:
    """One row a subscriber: the other lines of their account, and how many of them have left and not come back."""
    day = ibis.date(as_of.year, as_of.month, as_of.day)
    everyone = tables["subscribers"].select("subscriber_id", "account_id", "activated_on")
    everyone = everyone.filter((everyone.activated_on < day).fill_null(True))
    changes = known_before(tables["status_changes"], status_changes.TABLE, as_of)
    out = changes.status.isin(["cancelled", "ported_out"])
    left = changes.group_by("subscriber_id").aggregate(
        left_on=changes.changed_on.max(where=out), back_on=changes.changed_on.max(where=~out)
    )
    left = left.filter((left.back_on <= left.left_on).fill_null(True)).select("subscriber_id", "left_on")
    lines = everyone.left_join(left, "subscriber_id")
    recent = lines.left_on >= day - ibis.interval(days=HALF_YEAR_DAYS)
    accounts = lines.group_by("account_id").aggregate(
        lines=lines.left_on.isnull().sum().cast("float64"),
        left_6m=recent.fill_null(False).sum().cast("float64"),
    )
    rows = subscriber.select("subscriber_id", "account_id", "as_of")
    return rows.left_join(accounts, "account_id").drop("account_id_right")
