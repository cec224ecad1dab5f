"""The tables of known facts that features are computed from, at one as_of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import ibis

from savedesk.domain.billed_months import PERIOD_COLUMNS, folded, shape_of
from savedesk.domain.statuses import GONE, spans
from savedesk.domain.usage_months import complete_lags
from savedesk.params.cohort import CohortParams
from savedesk.schemas import (
    bills,
    complaints,
    contacts,
    contracts,
    incidents,
    market,
    plan_changes,
    status_changes,
    surveys,
    unknown_facts,
    usage,
)
from savedesk.schemas.table import Table
from savedesk.schemas.usage import MEASURES
from savedesk.stages.features.billed import bill_panel, billed_at
from savedesk.stages.features.counted import if_all_known
from savedesk.stages.features.doubts import Doubt, doubts_at, doubts_in, months_unknown
from savedesk.stages.features.months import (
    Panel,
    back_from,
    by_month,
    lagged,
    mean,
    months_ago,
    window_of,
    zero_where_silent,
)
from savedesk.stages.features.point_in_time import known_before
from savedesk.stages.features.windows import HALF_YEAR_DAYS, MONTH_DAYS, QUARTER_DAYS

USAGE = tuple(column.name for column in MEASURES)
EVENTS = {table.name: table for table in (complaints.TABLE, plan_changes.TABLE, contacts.TABLE, surveys.TABLE)}
STATUSES = status_changes.TABLE.name
LAST = {"rise_lag": "rise_on", "complaint_lag": "complaint_on", "incident_lag": "incident_on"}
LAGS = tuple(LAST)
OWN_COLUMNS = frozenset({*LAST, *LAST.values()})  # that the basis ``subscriber`` has beside its tables
DOUBTS = "doubts"  # of whom what is unknown, beside the bases
QUARTER = 3  # months
SHORTEST_MONTHS = 12  # the longest window that a feature of the families looks back over

BASES = frozenset({"subscriber", "payments", "usage", "bills", "plan_fit", "region", "account", STATUSES, *EVENTS})

Keep = Callable[[Any, str], Any]


def months_seen(params: CohortParams) -> int:
    """Return the months to look back over: never fewer than the longest window."""
    return max(params.observation_months, SHORTEST_MONTHS)


def month_panels(
    tables: Mapping[str, Any], days: Sequence[dt.date], params: CohortParams, keep: Keep, bases: Collection[str] = BASES
) -> dict[str, Panel]:
    """Return usage and bills as one row a subscriber, computed once for all as_of dates.

    Args:
        tables: canonical tables by name.
        days: the as_of dates.
        params: section ``cohort``.
        keep: computes an expression under a name and returns the table; see ``Engine.materialise``.
        bases: those that are wanted.
    """
    wanted, months = _needed(bases), back_from(days, months_seen(params))
    panels: dict[str, Panel] = {}
    if "usage" in wanted:
        panels["usage"] = by_month(tables["usage"], USAGE, months, keep, "usage_by_month")
    if "bills" in wanted:
        panels["bills"] = bill_panel(tables, months, keep)
    return panels


def facts_at(
    tables: Mapping[str, Any],
    panels: Mapping[str, Panel],
    cohort_at: Any,
    params: CohortParams,
    keep: Keep,
    bases: Collection[str] = BASES,
) -> dict[str, Any]:
    """Return each basis as an Ibis table with the columns that its features use, among them ``as_of``.

    No expression names the as_of: it is a column. So all of them serve for the next as_of once the rows of
    ``cohort_at`` are exchanged.

    Args:
        tables: canonical tables by name.
        panels: see ``month_panels``.
        cohort_at: subscriber_id and as_of of those in the cohort at one as_of.
        params: section ``cohort``.
        keep: see ``month_panels``.
        bases: those that are wanted.
    """
    wanted, months = _needed(bases), months_seen(params)
    clock = keep(cohort_at.aggregate(as_of=cohort_at.as_of.max()), "clock_at")
    unknown = tables[unknown_facts.TABLE.name]
    doubts = doubts_in(unknown)
    facts = {
        name: keep(_happened(tables[name], table, clock).semi_join(cohort_at, "subscriber_id"), f"{name}_at")
        for name, table in EVENTS.items()
        if name in wanted
    }
    subscriber = facts["subscriber"] = keep(_subscriber(tables, cohort_at, facts, clock), "subscriber_at")
    if doubts:
        facts[DOUBTS] = keep(doubts_at(unknown, doubts, subscriber, clock), "doubts_at")
    if "payments" in wanted:
        happened = _happened(tables["bills"], bills.TABLE, clock).semi_join(cohort_at, "subscriber_id")
        facts["payments"] = folded(happened, shape_of(tables["bills"]))
    if "usage" in wanted:
        lost = unknown if Doubt(usage.TABLE.name, None) in doubts else None
        facts["usage"] = keep(_usage(tables["usage"], panels["usage"], subscriber, clock, params, lost), "usage_at")
    if "region" in wanted:
        facts["region"] = keep(_region(tables, subscriber, clock), "region_at")
    if "bills" in wanted:
        rows = subscriber.select(
            "subscriber_id", "activated_on", "as_of", *LAGS, segment=subscriber.segment.fill_null("")
        )
        missing = {Doubt(bills.TABLE.name, column) for column in (None, *PERIOD_COLUMNS)}
        lost = unknown if missing & set(doubts) else None
        billed = keep(billed_at(rows, panels["bills"], clock, params, months, keep, lost), "bills_at")
        facts["bills"] = _beside_others(billed, facts["region"], keep)
    if "plan_fit" in wanted:
        facts["plan_fit"] = keep(_plan_fit(tables["plans"], facts["usage"], billed, clock), "plan_fit_at")
    if wanted & {STATUSES, "account"}:
        span = keep(_statuses(tables[STATUSES], clock), "spans_at")
        facts[STATUSES] = span.semi_join(cohort_at, "subscriber_id")
    if "account" in wanted:
        facts["account"] = keep(_account(tables["subscribers"], span, subscriber, clock), "account_at")
    return facts


def _happened(table: Any, contract: Table, clock: Any) -> Any:
    """Return the facts known before as_of that have taken place by then: an announced one has no past yet."""
    rows = known_before(table, contract, clock)
    return rows.filter(rows[contract.column("known_on").default_from] < rows.as_of)


def _statuses(table: Any, clock: Any) -> Any:
    """Return how long each status lasted, as was known at as_of: a status told twice is one, one taken back is none."""
    return spans(_happened(table, status_changes.TABLE, clock)).cross_join(clock)


def _needed(bases: Collection[str]) -> set[str]:
    """Return the bases and those that they are made from."""
    needed = set(bases)
    needed |= {"usage", "bills"} if "plan_fit" in needed else set()
    needed |= {plan_changes.TABLE.name, complaints.TABLE.name}  # the lags of a subscriber
    return needed | ({"region"} if "bills" in needed else set())


def _beside_others(billed: Any, region: Any, keep: Keep) -> Any:
    """The bills with the segment's median bill of the last 3 months, and the competitor's price in the region."""
    bill = billed.select("segment", bill=mean(window_of(billed, "total_due", 1, QUARTER)))
    peers = keep(bill.group_by("segment").aggregate(segment_bill=bill.bill.median()), "peers_at")
    rows = billed.left_join(peers, "segment").drop("segment_right")
    return rows.left_join(region.select("subscriber_id", "price_index"), "subscriber_id").drop("subscriber_id_right")


def _plan_fit(table: Any, used: Any, billed: Any, clock: Any) -> Any:
    """One row a subscriber: what plan and use beyond it cost a month, and what the cheapest plan on sale would have.

    Means of 3 months. An allowance that a plan does not name is none; a price that it does not name is none either.
    """
    offers = table.cross_join(clock)
    on_sale = (offers.on_sale_from < offers.as_of).fill_null(True) & (offers.on_sale_until >= offers.as_of).fill_null(
        True
    )
    offers = offers.filter(on_sale).drop("as_of")
    level = {name: mean(window_of(used, name, 1, QUARTER)) for name in ("voice_min", "data_mb", "sms")}
    rows = used.select("subscriber_id", **level)
    rows = rows.filter(rows.voice_min.notnull() | rows.data_mb.notnull())
    rows = rows.cross_join(offers)
    beyond = [
        ibis.greatest(rows[name].fill_null(0.0) - rows[f"included_{name}"].fill_null(0.0), 0.0)
        * rows[price].fill_null(0.0)
        for name, price in (("voice_min", "price_per_min"), ("data_mb", "price_per_mb"), ("sms", "price_per_sms"))
    ]
    cost = rows.monthly_fee + beyond[0] + beyond[1] + beyond[2]
    cheapest = rows.group_by("subscriber_id").aggregate(cheapest=cost.min())
    paid = mean([billed[f"plan_fee_{lag}"] + billed[f"overage_fee_{lag}"] for lag in range(1, QUARTER + 1)])
    both = billed.select("subscriber_id", paid=paid)
    return both.left_join(cheapest, "subscriber_id").drop("subscriber_id_right")


def _subscriber(tables: Mapping[str, Any], cohort_at: Any, events: Mapping[str, Any], clock: Any) -> Any:
    """The master data and attributes, and the contract of the day. The contract and plan of today were not known then.

    Beside them: how many months ago the last price rise, complaint and incident of the region were. 1 is the month
    before as_of; absent where there was none.
    """
    people = tables["subscribers"].drop("plan_id", "contract_start", "contract_end")
    rows = cohort_at.left_join(people, "subscriber_id").drop("subscriber_id_right")
    contract = _contract(tables[contracts.TABLE.name], clock)
    rows = rows.left_join(contract, "subscriber_id").drop("subscriber_id_right")
    rows = rows.left_join(tables["attributes"], "subscriber_id").drop("subscriber_id_right")
    changes, tickets = events["plan_changes"], events["complaints"]
    faults = _happened(tables["incidents"], incidents.TABLE, clock)
    rise = (changes.initiated_by == "operator") & (changes.new_fee > changes.old_fee)
    rise_on = if_all_known(rise, changes.changed_on.max(where=rise), "date")
    last = (
        ("subscriber_id", changes.group_by("subscriber_id").aggregate(rise_on=rise_on)),
        ("subscriber_id", tickets.group_by("subscriber_id").aggregate(complaint_on=tickets.opened_at.max())),
        ("region", faults.group_by("region").aggregate(incident_on=faults.started_at.max())),
    )
    for key, table in last:
        rows = rows.left_join(table, key).drop(f"{key}_right")
    return rows.mutate(**{lag: months_ago(rows.as_of, rows[day]) for lag, day in LAST.items()})


def _contract(table: Any, clock: Any) -> Any:
    """One row a subscriber: the contract that began last, as it was agreed when that was last told."""
    begun = _happened(table, contracts.TABLE, clock)
    order = ibis.window(group_by="subscriber_id", order_by=[ibis.desc(begun.contract_start), ibis.desc(begun.known_on)])
    last = begun.mutate(place=ibis.row_number().over(order)).filter(ibis._.place == 0)
    return last.select("subscriber_id", "contract_start", "contract_end")


def _usage(table: Any, panel: Panel, subscriber: Any, clock: Any, params: CohortParams, lost: Any | None) -> Any:
    """Return the months of use; ``lost`` has the unknown facts where rows of usage were turned away."""
    months = months_seen(params)
    known = known_before(table, usage.TABLE, clock)
    reported = known.aggregate(**{f"reported_{measure}": known[measure].count() > 0 for measure in USAGE})
    wide = lagged(subscriber.select("subscriber_id", "activated_on", "as_of", *LAGS), panel, USAGE, months)
    complete = complete_lags(panel.arrived, clock, params, months)
    wide = wide.cross_join(reported).left_join(complete, "as_of").drop("as_of_right")
    if lost is not None:
        flags = months_unknown(lost, usage.TABLE.name, clock, months)
        wide = wide.left_join(flags, "subscriber_id").drop("subscriber_id_right")
    return zero_where_silent(wide, USAGE, months)


def _region(tables: Mapping[str, Any], subscriber: Any, clock: Any) -> Any:
    """One row a subscriber: the incidents and the market of their region."""
    faults = _happened(tables["incidents"], incidents.TABLE, clock)
    age = faults.as_of.delta(faults.started_at, unit="day")
    faults = faults.group_by("region").aggregate(
        last_on=faults.started_at.max(),
        incidents_1m=(age <= MONTH_DAYS).sum().cast("float64"),
        incidents_3m=(age <= QUARTER_DAYS).sum().cast("float64"),
        severity_3m=ibis.ifelse(age <= QUARTER_DAYS, faults.severity, 0).sum().cast("float64"),
    )
    seen = _happened(tables["market"], market.TABLE, clock)
    lately = seen.month >= seen.as_of - ibis.interval(months=3)
    index, campaigns = seen.competitor_price_index, seen.competitor_campaigns
    newest = seen.group_by("region").aggregate(
        price_index=index.argmax(seen.month, where=index.notnull()),
        price_index_before=index.argmax(seen.month, where=index.notnull() & ~lately),
        price_index_lowest=index.min(where=lately),
        campaigns_1m=campaigns.argmax(seen.month, where=campaigns.notnull()).cast("float64"),
        campaigns_3m=campaigns.sum(where=lately).cast("float64"),
    )
    rows = subscriber.select("subscriber_id", "region", "as_of")
    rows = rows.left_join(faults, "region").drop("region_right")
    return rows.left_join(newest, "region").drop("region_right")


def _account(people: Any, span: Any, subscriber: Any, clock: Any) -> Any:
    """One row a subscriber: the other lines of their account, and how many of them have left and not come back."""
    everyone = people.select("subscriber_id", "account_id", "activated_on").cross_join(clock)
    everyone = everyone.filter((everyone.activated_on < everyone.as_of).fill_null(True))
    left = span.filter(span.until.isnull(), span.status.isin(GONE)).select("subscriber_id", left_on=span.changed_on)
    lines = everyone.left_join(left, "subscriber_id")
    recent = lines.left_on >= lines.as_of - ibis.interval(days=HALF_YEAR_DAYS)
    accounts = lines.group_by("account_id").aggregate(
        lines=lines.left_on.isnull().sum().cast("float64"),
        left=lines.left_on.notnull().sum().cast("float64"),
        since=lines.activated_on.min(),
        left_6m=recent.fill_null(False).sum().cast("float64"),
    )
    rows = subscriber.select("subscriber_id", "account_id", "as_of")
    return rows.left_join(accounts, "account_id").drop("account_id_right")
