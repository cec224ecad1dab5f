"""What leaving goes with: price rises, bill shock, complaints, tenure and competitors, each with the churn after it."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping
from typing import Any

import ibis
import pandas as pd

from savedesk.params.summarise import Edges, SummariseParams
from savedesk.schemas.summaries import DRIVERS
from savedesk.stages.summarise.groups import at_home, everywhere, ratio, with_rate

KEYS = ["subscriber_id", "as_of"]
NOTHING = "none"
LOWER = "lower"
STATES = (NOTHING, "open", "reopened", "repeated", "resolved_late", "resolved_in_time")
PHASES = (NOTHING, "first", "middle", "last", "over")
TENURE_BANDS = (6, 12, 36)  # months; like is compared with like within them
FEATURES = (
    "months_since_activation",
    "contract_phase",
    "bill_shock_1m",
    "plan_overspend_3m",
    "complaints_open",
    "complaints_reopened_12m",
    "complaints_repeated_12m",
    "complaint_days_to_close",
    "complaint_count_12m",
    "competitor_campaigns_3m",
    "competitor_price_index",
)
RATE = ("churn_rate", "low", "high")
GROUP = ["region", "by", "group", "place"]
Grouping = tuple[Any, tuple[str, ...]]  # column of codes, null for who is in no group; the codes in their order


def drivers(cohort: Any, features: Any, plan_changes: Any, master: Any, p: SummariseParams) -> pd.DataFrame:
    """Return the table ``drivers``, of what the features of the run can tell.

    A comparison is the churn rate of the group that the others are held against, at the mix of segment, tenure band and
    contract of the group itself (direct standardisation), over those kinds of subscriber that both have.

    Args:
        cohort: contract ``cohort``.
        features: contract ``features``.
        plan_changes: contract ``plan_changes``.
        master: contract ``subscribers``.
        p: section ``summarise``.
    """
    labelled = cohort.filter(cohort.churned.notnull()).select(*KEYS, "churned")
    there = [name for name in FEATURES if name in features.columns]
    rows = at_home(labelled.inner_join(features.select(*KEYS, *there), KEYS), master)
    rows = rows.left_join(_rises(labelled, plan_changes, p.price_rise_days), KEYS, rname="{name}_rise")
    rows = rows.mutate(kind=_kind(rows))
    groupings = {by: group for by in DRIVERS if (group := _GROUPS[by](rows, p)) is not None}
    if not groupings:
        return pd.DataFrame(columns=[*GROUP, "rows", "churners", *RATE, "compared_rate", "page"])
    cells = everywhere(_cells(rows, groupings))
    totals = cells.group_by([*GROUP, "kind"]).aggregate(
        rows=cells["rows"].sum().cast("int64"), churners=cells.churners.sum().cast("int64")
    )
    return _against_base(totals.order_by([*GROUP, "kind"]).to_pandas(), p.interval)


def _rises(labelled: Any, plan_changes: Any, days: int) -> Any:
    """Return the largest recent rise of the fee by the operator, as a share of it, that was known before as_of."""
    by_operator = plan_changes.filter((plan_changes.initiated_by == "operator") & (plan_changes.old_fee > 0))
    raised = by_operator.filter(by_operator.new_fee > by_operator.old_fee)
    size = raised.new_fee / raised.old_fee - 1
    raised = raised.select("subscriber_id", "changed_on", "known_on", size=size)
    dates = labelled.select("as_of").distinct()
    recent = dates.inner_join(raised, [raised.known_on < dates.as_of, raised.changed_on < dates.as_of])
    recent = recent.filter(recent.as_of.delta(recent.changed_on, unit="day") <= days)
    return recent.group_by(KEYS).aggregate(price_rise=recent["size"].max())


def _kind(rows: Any) -> Any:
    """Return the kind of subscriber that a comparison stays within, as a text."""
    kind = rows.segment.fill_null("-")
    if "months_since_activation" in rows.columns:
        band = sum((rows.months_since_activation >= edge).fill_null(False).cast("int64") for edge in TENURE_BANDS)
        kind = kind + " " + band.cast("string")
    if "contract_phase" in rows.columns:
        kind = kind + " " + rows.contract_phase.fill_null("-")
    return kind


def _cells(rows: Any, groupings: Mapping[str, Grouping]) -> Any:
    """Return rows and churners of each region, group and kind."""
    parts = []
    for by, (column, codes) in groupings.items():
        own = rows.select("region", "kind", "churned", group=column)
        own = own.filter(own.group.notnull())
        place = own.group.cases(*[(code, number) for number, code in enumerate(codes, start=1)], else_=len(codes))
        own = own.mutate(by=ibis.literal(by), place=place.cast("int64"))
        parts.append(
            own.group_by([*GROUP, "kind"]).aggregate(
                rows=own.count(), churners=own.churned.cast("int64").sum().cast("int64")
            )
        )
    return functools.reduce(lambda left, right: left.union(right), parts)


def _against_base(cells: pd.DataFrame, interval: float) -> pd.DataFrame:
    """Add up the kinds, and hold each group against the one that its page names."""
    whole = cells.groupby(GROUP, as_index=False)[["rows", "churners"]].sum()
    against = {by: code for by, (_, code) in DRIVERS.items()}
    base = cells[cells["group"] == cells["by"].map(against)]
    base = base.assign(base_rate=ratio(base["churners"], base["rows"]))[["region", "by", "kind", "base_rate"]]
    alike = cells.merge(base, on=["region", "by", "kind"])
    alike = alike[alike["group"] != alike["by"].map(against)]
    alike = alike.assign(expected=alike["rows"] * alike["base_rate"])
    compared = alike.groupby(GROUP, as_index=False)[["rows", "expected"]].sum()
    compared = compared.assign(compared_rate=ratio(compared["expected"], compared["rows"]).clip(0, 1))
    table = whole.merge(compared[[*GROUP, "compared_rate"]], on=GROUP, how="left")
    table = table.assign(page=table["by"].map({by: page for by, (page, _) in DRIVERS.items()}))
    return with_rate(table, "rows", interval, RATE)


def banded(value: Any, edges: Edges, empty: Any, *, lower: bool = False) -> Grouping:
    """Return the codes of bands: ``0.05-0.1`` from 0.05 to below 0.1, ``0.1+`` from there, ``none`` below all.

    Args:
        value: an Ibis column.
        edges: where bands begin.
        empty: code of who has no value; null: in no group.
        lower: whether a value as far below 0 as the first edge lies above is a group of its own.
    """
    codes = [f"{low:g}-{high:g}" for low, high in itertools.pairwise(edges)] + [f"{edges[-1]:g}+"]
    cases = [(value >= edge, code) for edge, code in reversed(list(zip(edges, codes, strict=True)))]
    below = [(value <= -edges[0], LOWER)] if lower else []
    column = ibis.cases((value.isnull(), empty), *cases, *below, else_=NOTHING)
    return column, (*(code for _, code in below), NOTHING, *codes)


def _price_rise(rows: Any, p: SummariseParams) -> Grouping:
    return banded(rows.price_rise, p.price_rise_edges, NOTHING)


def _feature_bands(name: str, edges: str, *, lower: bool = False) -> Callable[[Any, SummariseParams], Grouping | None]:
    def group(rows: Any, p: SummariseParams) -> Grouping | None:
        there = name in rows.columns
        return banded(rows[name], getattr(p, edges), ibis.null("string"), lower=lower) if there else None

    return group


def _cheaper(rows: Any, p: SummariseParams) -> Grouping | None:
    if "competitor_price_index" not in rows.columns:
        return None
    return banded(1 - rows.competitor_price_index, p.competitor_price_edges, ibis.null("string"))


def _complaint(rows: Any, p: SummariseParams) -> Grouping | None:
    """Return where the complaints of a year stand: the state that weighs most, if there are several."""
    if not {name for name in FEATURES if name.startswith("complaint")} <= set(rows.columns):
        return None
    state = ibis.cases(
        (rows.complaints_open > 0, "open"),
        (rows.complaints_reopened_12m > 0, "reopened"),
        (rows.complaints_repeated_12m > 0, "repeated"),
        (rows.complaint_days_to_close >= p.late_days, "resolved_late"),
        (rows.complaint_count_12m > 0, "resolved_in_time"),
        else_=NOTHING,
    )
    return state, STATES


def _tenure_month(rows: Any, p: SummariseParams) -> Grouping | None:
    if "months_since_activation" not in rows.columns:
        return None
    months = rows.months_since_activation.floor().cast("int64")
    last = f"{p.tenure_months}+"
    code = ibis.cases(
        (months.isnull(), ibis.null("string")), (months >= p.tenure_months, last), else_=months.cast("string")
    )
    return code, (*(str(month) for month in range(p.tenure_months)), last)


def _contract_phase(rows: Any, p: SummariseParams) -> Grouping | None:  # noqa: ARG001 - as the others
    return (rows.contract_phase, PHASES) if "contract_phase" in rows.columns else None


_GROUPS: dict[str, Callable[[Any, SummariseParams], Grouping | None]] = {
    "price_rise": _price_rise,
    "bill_shock": _feature_bands("bill_shock_1m", "bill_shock_edges", lower=True),
    "plan_misfit": _feature_bands("plan_overspend_3m", "plan_misfit_edges"),
    "complaint": _complaint,
    "tenure_month": _tenure_month,
    "contract_phase": _contract_phase,
    "competitor_campaigns": _feature_bands("competitor_campaigns_3m", "competitor_campaign_edges"),
    "competitor_price": _cheaper,
}
