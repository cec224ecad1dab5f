"""Corrections of bills: each is put to the bill that it belongs to, so that later stages need only add them up.

A correction names its bill (``corrects``), or is a credit note: no fee above zero and a total below zero. A credit note
that names nothing belongs to a bill of its subscriber that was known by then, of an earlier month or of its own: the
newest of the last ``SAME_AMOUNT_DAYS`` days of just that amount, else the newest that is large enough to bear it, else
the newest.

A bill that was taken back and sent again on its own day looks like a copy of itself, where bills have no numbers. Where
more such bills than credit notes of that amount stand there, one copy counts as the bill that was sent again: an export
that doubles rows doubles the notes, too.
"""

from __future__ import annotations

from typing import Any

import ibis

from savedesk.engine.base import Engine
from savedesk.engine.check import Rule
from savedesk.schemas.bills import ROUNDING, is_correction
from savedesk.stages.ingest.casting import ROW_ID
from savedesk.stages.ingest.statement import WORK

NAMES_NOTHING = Rule("reference:corrects", "corrects must be the bill_id of an accepted bill of the subscriber")
MEETS_NOTHING = Rule(
    "identity:corrected_bill",
    "a row without any fee above zero and with total_due below zero is a credit note, and needs a bill of the "
    "subscriber of the same month or an earlier one",
)
RULES = (NAMES_NOTHING, MEETS_NOTHING)
SAME_AMOUNT_DAYS = 92  # a wrong bill is taken back within the quarter; an older one of that amount is another matter
CHAIN = 4  # a correction of a correction of ... of a bill is followed so far
TARGET = ("target_id", "target_month", "target_known_on")


def with_own_ids(rows: Any) -> Any:
    """Return rows of bills in which corrections and bills sent again, without numbers, are told from the first bill."""
    own = rows.bill_id + " " + rows.month.cast("string") + " -"
    note = is_correction(rows) & _unnumbered(rows)
    return rows.mutate(bill_id=ibis.ifelse(note, own, _id_if_sent_again(rows)))


def _unnumbered(rows: Any) -> Any:
    return rows.bill_id == rows.billed_on.cast("string")


def _id_if_sent_again(rows: Any) -> Any:
    """Return the id of each row, one of its own for a bill sent again after a credit note of its day and amount."""
    alike = [rows.subscriber_id, rows.month, rows.bill_id, rows.total_due.abs()]
    note, same = is_correction(rows), ibis.window(group_by=alike)
    place = ibis.row_number().over(ibis.window(group_by=[*alike, note], order_by=rows[ROW_ID]))
    notes, bills = note.sum().over(same), (~note).sum().over(same)
    again = ~note & _unnumbered(rows) & (place == 1) & (notes > 0) & (bills > notes)
    return ibis.ifelse(again, rows.bill_id + " 2", rows.bill_id)


def settled(rows: Any, engine: Engine) -> tuple[Any, Any | None]:
    """Return the bills with each correction in the month of its bill, and the corrections that have none.

    A correction then names its bill in ``corrects``, and is not known before that bill. Without corrections the rows
    come back as they are.

    Args:
        rows: bills that broke no rule, with ``ROW_ID``.
        engine: where they are.

    Returns:
        The rows, and of those to be turned away their ``ROW_ID`` and ``rule``; None if there are none.
    """
    if not rows.filter(is_correction(rows)).limit(1).count().execute():
        return rows, None
    notes = engine.materialise(with_own_ids(rows.filter(is_correction(rows))), f"{WORK}corrections")
    of_noted = rows.semi_join(notes, "subscriber_id").select(*rows.columns)
    bills = with_own_ids(of_noted)
    bills = bills.filter(~is_correction(bills))
    bills = engine.materialise(bills.select(*rows.columns), f"{WORK}corrected_bills")
    targets = engine.materialise(_targets(notes, bills, engine), f"{WORK}corrected")
    lost = notes.anti_join(targets, ROW_ID)
    lost = lost.select(ROW_ID, rule=ibis.ifelse(lost.corrects.notnull(), NAMES_NOTHING.name, MEETS_NOTHING.name))
    both = notes.inner_join(targets, ROW_ID, rname="{name}_found")
    put = both.mutate(
        corrects=both.target_id,
        month=both.target_month,
        known_on=ibis.greatest(both.known_on, both.target_known_on),
    )
    others = rows.anti_join(notes, "subscriber_id").select(*rows.columns)
    whole = others.union(bills).union(put.select(*rows.columns))
    return whole, lost if lost.limit(1).count().execute() else None


def _targets(notes: Any, bills: Any, engine: Engine) -> Any:
    """Return the bill of each correction that has one: ``ROW_ID`` and ``TARGET``."""
    named = notes.filter(notes.corrects.notnull())
    unnamed = notes.filter(notes.corrects.isnull())
    targets = engine.materialise(_by_nearness(unnamed, bills).union(_by_name(named, bills)), f"{WORK}corrected_0")
    for step in range(1, CHAIN):
        open_ones = named.anti_join(targets, ROW_ID)
        if not open_ones.limit(1).count().execute():
            break
        of_notes = notes.inner_join(targets, ROW_ID, rname="{name}_found").select("subscriber_id", "bill_id", *TARGET)
        targets = engine.materialise(targets.union(_through(open_ones, of_notes)), f"{WORK}corrected_{step}")
    return targets


def _by_name(named: Any, bills: Any) -> Any:
    both = named.inner_join(
        bills, [named.subscriber_id == bills.subscriber_id, named.corrects == bills.bill_id], rname="{name}_bill"
    )
    later = (both.billed_on_bill > both.billed_on).cast("int64")
    return _first(both, [later, ibis.desc(both.month_bill), both.billed_on_bill])


def _by_nearness(unnamed: Any, bills: Any) -> Any:
    earlier = (bills.month <= unnamed.month) | (bills.billed_on <= unnamed.billed_on)
    both = unnamed.inner_join(
        bills, [unnamed.subscriber_id == bills.subscriber_id, earlier, bills.total_due > 0], rname="{name}_bill"
    )
    left = both.total_due + both.total_due_bill
    known = (both.known_on_bill <= both.known_on) & (both.billed_on_bill <= both.billed_on)
    recent = both.billed_on.delta(both.billed_on_bill, unit="day") <= SAME_AMOUNT_DAYS
    rank = ibis.cases(
        (known & recent & (left.abs() <= ROUNDING), 0), (known & (left >= -ROUNDING), 1), (known, 2), else_=3
    )
    newest = [ibis.desc(both.month_bill), ibis.desc(both.billed_on_bill), ibis.desc(both.bill_id_bill)]
    return _first(both, [rank, *newest])


def _through(named: Any, of_notes: Any) -> Any:
    """Return the bills of corrections that name another correction."""
    same = [named.subscriber_id == of_notes.subscriber_id, named.corrects == of_notes.bill_id]
    both = named.inner_join(of_notes, same, rname="{name}_note")
    order = ibis.window(group_by=ROW_ID, order_by=[ibis.desc(both.target_month), both.target_id])
    placed = both.mutate(place=ibis.row_number().over(order))
    return placed.filter(placed.place == 0).select(ROW_ID, *TARGET)


def _first(both: Any, order: list[Any]) -> Any:
    placed = both.mutate(place=ibis.row_number().over(ibis.window(group_by=ROW_ID, order_by=order)))
    first = placed.filter(placed.place == 0)
    return first.select(
        ROW_ID, target_id=first.bill_id_bill, target_month=first.month_bill, target_known_on=first.known_on_bill
    )
