"""Faults of bills."""

from __future__ import annotations

from random import Random

from tests.plants.fault import GARBAGE_DAYS, PLACEHOLDERS, Marks, a_row, cell, fault
from tests.plants.raw import Raw

BILLS = "bills"
PARTS = ("fee", "over", "vas", "other", "discount", "total")
cell("bills: does not add up", BILLS, "total", ("1.23", "777.00"))
cell("bills: currency sign", BILLS, "total", ("\u20ac20.00", "$ 12", "20.00 EUR"))
cell("bills: decimal comma", BILLS, "fee", ("12,50", "1.012,50"))
cell("bills: negative in brackets", BILLS, "discount", ("(2.00)", "2.00-", "\u22122.00"))
cell("bills: negative discount", BILLS, "discount", ("-2.00", "-100"))
cell("bills: placeholder in an amount", BILLS, "vas", PLACEHOLDERS)
cell("bills: placeholder in the amount paid", BILLS, "amount", PLACEHOLDERS)
cell("bills: garbage day of payment", BILLS, "paid", GARBAGE_DAYS)
cell("bills: garbage due day", BILLS, "due", GARBAGE_DAYS)
cell("bills: placeholder due day", BILLS, "due", ("9999-12-31", "1900-01-01", "0000-00-00"))
cell("bills: garbage billing day", BILLS, "billed", GARBAGE_DAYS)
cell("bills: placeholder billing day", BILLS, "billed", ("9999-12-31", "1900-01-01"))
cell("bills: garbage month", BILLS, "month", GARBAGE_DAYS)
cell("bills: placeholder month", BILLS, "month", ("1900-01-01", "9999-12-01"))


@fault("bills: two contradicting bills of a month")
def _contradicting(raw: Raw, who: str, random: Random) -> Marks:
    raw[BILLS].copy(
        a_row(raw, BILLS, who, random), fee="90.00", over="0", vas="0", other="0", discount="0", total="90.00"
    )
    return None


@fault("bills: a bill twice")
def _copied(raw: Raw, who: str, random: Random) -> Marks:
    raw[BILLS].copy(a_row(raw, BILLS, who, random))
    return None


@fault("bills: a bill twice, once unpaid")
def _copied_unpaid(raw: Raw, who: str, random: Random) -> Marks:
    raw[BILLS].copy(raw[BILLS].of(who)[-random.randint(2, 6)], paid="", amount="")
    return None


@fault("bills: taken back by a credit note and sent again")
def _credit_note(raw: Raw, who: str, random: Random) -> Marks:
    bill = a_row(raw, BILLS, who, random)
    back = {part: f"-{raw[BILLS].get(bill, part)}" for part in PARTS}
    again = raw[BILLS].copy(bill)
    raw[BILLS].copy(bill, **back)
    assert again
    return None


@fault("bills: minus nothing")
def _minus_zero(raw: Raw, who: str, random: Random) -> Marks:
    for row in raw[BILLS].of(who)[-6:]:
        raw[BILLS].put(row, other=random.choice(["-0", "-0.00", "-0.0"]))
    return None


@fault("bills: a bill of a thousand million")
def _huge(raw: Raw, who: str, random: Random) -> Marks:
    bill = a_row(raw, BILLS, who, random, newest=3)
    fee = random.choice([5_000_000_000, 999_999_999])
    raw[BILLS].put(bill, fee=f"{fee}", over="0", vas="0", other="0", discount="0", total=f"{fee}", amount="")
    return None


@fault("bills: beyond every limit")
def _beyond(raw: Raw, who: str, random: Random) -> Marks:
    raw[BILLS].put(a_row(raw, BILLS, who, random), fee="1e15", total="1e15")
    return None


@fault("bills: open, with a placeholder for the day of payment")
def _open(raw: Raw, who: str, random: Random) -> Marks:
    raw[BILLS].put(raw[BILLS].of(who)[-1], paid=random.choice((*PLACEHOLDERS, "9999-12-31", "0000-00-00")))
    return None


@fault("bills: blank id", owner_lost=True)
def _blank_id(raw: Raw, who: str, random: Random) -> Marks:
    row = a_row(raw, BILLS, who, random)
    raw[BILLS].put(row, id=random.choice(["", *PLACEHOLDERS]), total="12.3456")
    return ("12.3456",)


@fault("bills: a field too many")
def _field_too_many(raw: Raw, who: str, random: Random) -> Marks:
    a_row(raw, BILLS, who, random).insert(random.randint(2, 6), "0")
    return None
