"""Bills as one row a subscriber with what is paid a month, whatever the gap between two bills.

Who has one bill in each month takes the short way of ``months``: each bill is that month's. Of all others
``billed_months`` says at each as_of what a bill covers. Both ways give the same to whoever has had one bill in each
month so far, so that what comes later decides nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ibis

from savedesk.domain.bill_periods import month_number
from savedesk.domain.billed_months import (
    TEXTS,
    Shape,
    arrived_until,
    as_known,
    covered,
    lost_bills,
    rates_by_lag,
    shape_of,
    tells_other_than_a_month,
)
from savedesk.domain.usage_months import arrivals
from savedesk.params.cohort import CohortParams
from savedesk.schemas.bills import MONEY
from savedesk.stages.features.months import Panel, by_month, lagged

MEASURES = (*MONEY, *TEXTS)
MOST_BITS = 62  # months that fit as bits into an int64
ID = "subscriber_id"


@dataclass(frozen=True)
class BillPanel(Panel):
    """The bills of all who have one in each month, and beside them the bills of the others.

    Args:
        shape: see ``billed_months.shape_of``.
        others: canonical rows of those whose bills are not one a month; None if there are none.
    """

    shape: Shape
    others: Any | None


def bill_panel(
    tables: Any, months: list[dt.date], keep: Callable[[Any, str], Any], name: str = "bills_by_month"
) -> BillPanel:
    """Return the panel of bills, computed once for all as_of dates; see ``months.by_month``."""
    table = tables["bills"]
    shape = shape_of(table)
    lost = lost_bills(tables["unknown_facts"], table)
    uneven = _uneven(table, tables["subscribers"], shape).union(lost.select(ID)).distinct()
    uneven = keep(uneven, f"{name}_uneven")
    even, others = table, None
    if uneven.limit(1).count().execute():
        even, others = table.anti_join(uneven, ID), keep(table.semi_join(uneven, ID), f"{name}_others")
    panel = by_month(even, MEASURES, months, keep, name)
    arrived = panel.arrived if others is None else keep(arrivals(table), f"{name}_all_arrivals")
    return BillPanel(panel.table, panel.first, arrived, shape, others)


def _uneven(table: Any, people: Any, shape: Shape) -> Any:
    """Return the subscribers without exactly one bill in each month from their first one on, or with a single bill.

    So are those of whom a bill became known later than in the month after its own: until then they had a gap.
    As many months as lie between the first and the last, each with a bit of its own, add up to all bits of the range
    only if none comes twice.
    """
    (span,) = table.aggregate(first=table.month.min(), last=table.month.max()).to_pyarrow().to_pylist()
    number = month_number(table.month)
    base = 0 if span["first"] is None else span["first"].year * 12 + span["first"].month
    wide = span["last"] is not None and span["last"].year * 12 + span["last"].month - base >= MOST_BITS
    rows = table.group_by(ID).aggregate(
        bills=table.count(),
        first=number.min(),
        last=number.max(),
        bits=ibis.null("int64").max() if wide else (ibis.literal(1, "int64") << (number - base)).sum().cast("int64"),
        different=number.nunique() if wide else table.count(),
        late=(month_number(table.known_on) > number + 1).any(),
        long=tells_other_than_a_month(table).any() if shape.periods else table.count() < 0,
    )
    one = ibis.literal(1, "int64")
    whole = 2 * (one << (rows["last"] - base)) - (one << (rows["first"] - base))
    twice = (rows.different < rows.bills) if wide else (rows.bits != whole)
    gaps = rows.bills != rows["last"] - rows["first"] + 1
    rows = rows.mutate(odd=gaps | twice | (rows.bills == 1) | rows.late | rows.long)
    begun = people.select(ID, begun=month_number(people.activated_on) + 1)
    rows = rows.left_join(begun, ID, rname="{name}_master")
    begins_late = (rows["first"] > ibis.greatest(rows.begun, base)).fill_null(False) & rows.begun.notnull()
    return rows.filter(rows.odd | begins_late).select(ID)


def billed_at(
    rows: Any,
    panel: Panel,
    clock: Any,
    params: CohortParams,
    months: int,
    keep: Callable[[Any, str], Any],
    unknown: Any = None,
) -> Any:
    """Return rows with ``<measure>_<lag>`` for the lags 1..months: money per month, as known at their as_of.

    Args:
        rows: subscriber_id, as_of and activated_on, and whatever else.
        panel: see ``bill_panel``.
        clock: a table of one row with ``as_of``.
        params: section ``cohort``.
        months: how far to look back.
        keep: computes an expression under a name and returns the table.
        unknown: unknown facts, where bills are among them.
    """
    assert isinstance(panel, BillPanel)  # noqa: S101 - for the type checker; ``month_panels`` built it
    wide = lagged(rows, panel, MEASURES, months)
    if panel.others is None:
        return wide
    keys = [ID, "as_of"]
    people = rows.select(*keys, "activated_on")
    known = as_known(panel.others, people, panel.shape, MONEY)
    until = arrived_until(panel.arrived, clock, params)
    lost = None if unknown is None else lost_bills(unknown, panel.others)
    months_covered = covered(known, panel.shape, people, until, MONEY, TEXTS, lost)
    cells = keep(rates_by_lag(months_covered, months, TEXTS), "others_billed_at")
    both = wide.left_join(cells, ID, rname="{name}_other")
    names = [f"{measure}_{lag}" for measure in MEASURES for lag in range(1, months + 1)]
    return both.select(
        *rows.columns,
        **{
            f"present_{k}": both[f"present_{k}"] | both[f"present_{k}_other"].fill_null(False)
            for k in range(1, months + 1)
        },
        **{name: ibis.coalesce(both[name], both[f"{name}_other"]) for name in names},
    )
