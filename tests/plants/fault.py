"""What a fault is: a change of raw rows that speak of one subscriber, and the register of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from tests.plants.raw import Raw, Row

Marks = tuple[str, ...] | None
Change = Callable[[Raw, str, Random], Marks]
PLACEHOLDERS = ("NA", "n.a.", "#N/A", "\\N", "NULL", "null", "-", "?", "unknown", "None")
GARBAGE_DAYS = ("31.12.2024x", "2024-13-45", "soon", "20240230", "2024-02-30", "12/2024")
SENTINELS = ("9999-12-31", "1900-01-01", "0001-01-01")
TOGETHER = " & "  # joins texts that name a fault where all of them stand in one line


@dataclass(frozen=True)
class Fault:
    """A kind of fault.

    Args:
        name: in words.
        change: changes the raw files where they speak of a victim. It returns texts of which one names the fault, or
            nothing where the victim's id does.
        pool: victims that it can be planted on: alive, young, quiet, gone or notice; empty: it makes a row of its own.
        owner_lost: whether nobody can tell any more whose fact it was, so that the victim need not know of it.
        alone: whether it is planted by itself, since it may stop the stage or touch everybody.
        filled: whether the contract says what stands for the value, so that only the list must be as it was.
        fits: whether it can be planted on a victim of the pool.
    """

    name: str
    change: Change
    pool: str = "alive"
    owner_lost: bool = False
    alone: bool = False
    filled: bool = False
    fits: Callable[[Raw, str], bool] = lambda raw, who: bool(raw and who)


FAULTS: dict[str, Fault] = {}


def fault(
    name: str,
    pool: str = "alive",
    *,
    owner_lost: bool = False,
    alone: bool = False,
    filled: bool = False,
    fits: Callable[[Raw, str], bool] | None = None,
) -> Callable[[Change], Change]:
    """Register a fault."""

    def register(change: Change) -> Change:
        assert name not in FAULTS, name
        registered = Fault(name, change, pool, owner_lost, alone, filled)
        FAULTS[name] = registered if fits is None else replace(registered, fits=fits)
        return change

    return register


def of_cell(raw: Raw, table: str, who: str, column: str, value: str) -> tuple[str, ...]:
    """Return what names a value: the subscriber, or file or table, column and value in one line."""
    shown = (value.strip(), ascii(value)[1:-1])
    names = ((f"{table}_raw", column), (table, raw[table].canonical(column)))
    return (who, *(TOGETHER.join([place, name, text]) for place, name in names for text in shown if text))


def cell(name: str, table: str, column: str, values: tuple[str, ...], pool: str = "alive") -> None:
    """Register a fault that puts one of some texts in the place of a value in one of the newest rows."""

    def change(raw: Raw, who: str, random: Random) -> Marks:
        value = random.choice(values)
        raw[table].put(a_row(raw, table, who, random), **{column: value})
        return of_cell(raw, table, who, column, value)

    fault(name, pool)(change)


def a_row(raw: Raw, table: str, who: str, random: Random, newest: int = 9) -> Row:
    """Return one of the newest rows of a subscriber."""
    rows: list[Row] = raw[table].of(who)
    return random.choice(rows[-newest:])


def spelled_with_letters(raw: Raw, who: str) -> bool:
    """Return whether an id has another spelling in capitals."""
    return bool(raw) and who.upper() != who


def spelled_with_digits(raw: Raw, who: str) -> bool:
    """Return whether an id looks like a number."""
    return bool(raw) and who.isdigit()
