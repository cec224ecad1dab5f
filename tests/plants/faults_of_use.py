"""Faults of the monthly use."""

from __future__ import annotations

import datetime as dt
from random import Random

from tests.plants.fault import (
    GARBAGE_DAYS,
    PLACEHOLDERS,
    Marks,
    a_row,
    cell,
    fault,
    spelled_with_digits,
    spelled_with_letters,
)
from tests.plants.raw import Raw

USE = "usage"
cell("usage: placeholder in a measure", USE, "min", PLACEHOLDERS)
cell("usage: placeholder in the data volume", USE, "mb", PLACEHOLDERS)
cell("usage: thousands comma", USE, "mb", ("1,234.50", "12,345.00", "2,880"))
cell("usage: thousands point and decimal comma", USE, "mb", ("1.234,50", "12.345,00"))
cell("usage: narrow blank between thousands", USE, "mb", ("1\u202f234.50", "12 345"))
cell("usage: negative measure", USE, "mb", ("-5", "-0.01", "-99999"))
cell("usage: unit behind the number", USE, "mb", ("512 MB", "1.5GB", "120min"))
cell("usage: number of another base", USE, "calls", ("0x48", "1_000", "1.5f", "12d"))
cell("usage: full-width digits", USE, "calls", ("\uff17\uff12", "\u0664\u0665"))
cell("usage: not a finite number", USE, "mb", ("nan", "inf", "-inf", "NaN", "Infinity"))
cell("usage: beyond every limit", USE, "mb", ("1e15", "9" * 20, "1e400"))
cell("usage: more minutes than a month has", USE, "min", ("99999999", "4000000.5"))
cell("usage: more active days than a month has", USE, "days", ("45", "310", "32"))
cell("usage: off-net above all voice", USE, "offnet", ("99999", "5000.01"))
cell("usage: formula error", USE, "sms", ("#REF!", "#DIV/0!", "#VALUE!", "=A1+B1"))
cell("usage: garbage month", USE, "month", GARBAGE_DAYS)
cell("usage: blank month", USE, "month", ("", "  "))
cell("usage: future month", USE, "month", ("2025-03-01", "2031-01-01"))
cell("usage: month of a placeholder date", USE, "month", ("1900-01-01", "0001-01-01", "1970-01-01", "9999-12-01"))


@fault("usage: not the first of the month")
def _within_month(raw: Raw, who: str, random: Random) -> Marks:
    row = a_row(raw, USE, who, random)
    raw[USE].put(row, month=raw[USE].get(row, "month")[:8] + random.choice(["17", "28", "02"]))
    return None


@fault("usage: two contradicting rows of a month")
def _contradicting(raw: Raw, who: str, random: Random) -> Marks:
    raw[USE].copy(a_row(raw, USE, who, random), min="1.00", offnet="0.50")
    return None


@fault("usage: a row twice")
def _copied(raw: Raw, who: str, random: Random) -> Marks:
    raw[USE].copy(a_row(raw, USE, who, random))
    return None


@fault("usage: three months twice, one of them changed")
def _late_load(raw: Raw, who: str, random: Random) -> Marks:
    rows = raw[USE].of(who)[-3:]
    for row in rows:
        raw[USE].copy(row)
    raw[USE].put(random.choice(rows), mb="7.77")
    return None


@fault("usage: the same numbers written otherwise")
def _other_writing(raw: Raw, who: str, random: Random) -> Marks:
    row = a_row(raw, USE, who, random)
    sheet = raw[USE]
    value = float(sheet.get(row, "mb"))
    sheet.put(row, mb=random.choice([f"+{value}", f" {value} ", repr(value) + "00", f"{value!r}e0"]))
    sheet.put(row, month=sheet.get(row, "month") + random.choice(["T00:00:00", " 12:00:00+02:00", "T23:59:59Z"]))
    return None


@fault("usage: a month as a spreadsheet counts days")
def _serial(raw: Raw, who: str, random: Random) -> Marks:
    row = a_row(raw, USE, who, random)
    month = dt.date.fromisoformat(raw[USE].get(row, "month"))
    raw[USE].put(row, month=f"{(month - dt.date(1899, 12, 30)).days}{random.choice(['', '.0', '.5'])}")
    return None


@fault("usage: a stranger's row")
def _stranger(raw: Raw, who: str, random: Random) -> Marks:
    raw[USE].copy(a_row(raw, USE, who, random), id=f"X{who}X")
    return (f"X{who}X",)


@fault("usage: id in other case", owner_lost=True, fits=spelled_with_letters)
def _other_case(raw: Raw, who: str, random: Random) -> Marks:
    raw[USE].put(a_row(raw, USE, who, random), id=who.upper())
    return (who.upper(),)


@fault("usage: blanks around the id")
def _blanks(raw: Raw, who: str, random: Random) -> Marks:
    raw[USE].put(a_row(raw, USE, who, random), id=random.choice([f" {who}", f"{who}\u00a0", f"\t{who} "]))
    return None


@fault("usage: id in scientific notation", owner_lost=True, fits=spelled_with_digits)
def _scientific(raw: Raw, who: str, random: Random) -> Marks:
    written = random.choice([f"{int(who):.4E}", f"{int(who)}.5", f"{int(who):,}"])
    raw[USE].put(a_row(raw, USE, who, random), id=written)
    return (written,)


@fault("usage: blank id", owner_lost=True)
def _blank_id(raw: Raw, who: str, random: Random) -> Marks:
    row = a_row(raw, USE, who, random)
    raw[USE].put(row, id=random.choice(["", " ", *PLACEHOLDERS]))
    return (raw[USE].get(row, "mb"),)


@fault("usage: a field too many")
def _field_too_many(raw: Raw, who: str, random: Random) -> Marks:
    row = a_row(raw, USE, who, random)
    row.append("7")
    return None


@fault("usage: a field too few")
def _field_too_few(raw: Raw, who: str, random: Random) -> Marks:
    row = a_row(raw, USE, who, random)
    del row[random.choice([-1, 2])]
    return None


@fault("usage: line cut off")
def _cut_off(raw: Raw, who: str, random: Random) -> Marks:
    row = a_row(raw, USE, who, random)
    raw[USE].as_line(row, raw[USE].line(row)[: random.randint(len(who) + 1, 24)].encode())
    return None


@fault("usage: bytes that are no text")
def _undecodable(raw: Raw, who: str, random: Random) -> Marks:
    row = a_row(raw, USE, who, random)
    place = random.choice(["mb", "calls", "month"])
    raw[USE].put(row, **{place: "12~3"})
    raw[USE].as_line(row, raw[USE].line(row).encode().replace(b"~", random.choice([b"\xff", b"\xe4", b"\xc3("])))
    return None
