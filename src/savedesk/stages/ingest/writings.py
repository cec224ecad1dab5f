"""How people and programs write numbers, and what to set in source.yaml so that such a number is read."""

from __future__ import annotations

from dataclasses import dataclass

from savedesk.stages.ingest.numbers import grouped

_SIGN = "[+\u2212-]?"
_CURRENCY = "[$\u20ac\u00a3\u00a5\u20b9\u20bd]"
_AMOUNT = "[0-9.,]+"
_BETWEEN = "[.' \u00a0\u202f]"  # thousands

PLAIN = rf"{_SIGN}(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
POINTS_OF_THREE = rf"{_SIGN}[1-9][0-9]{{0,2}}(?:\.[0-9]{{3}})+"  # 2.880, but not 0.880
PERCENT = f"{_AMOUNT} ?%"


@dataclass(frozen=True)
class Writing:
    """One way to write numbers that are not plain.

    Args:
        pattern: what a whole value looks like.
        said: what its values have or are.
        key: what to set in source.yaml.
        largest: whether the values are those above 999, so that without them everybody heavy would be lost.
    """

    pattern: str
    said: str
    key: str
    largest: bool = False


# In the order in which they are looked for: 0,5 shows that the comma of 1,250 is before a fraction, too.
DECIMAL_COMMA = Writing(
    rf"{_SIGN}(?:[0-9]+,(?:[0-9]{{1,2}}|[0-9]{{4,}})|0,[0-9]+|[0-9]{{1,3}}(?:{_BETWEEN}[0-9]{{3}})+,[0-9]+)",
    "have a comma before the fraction",
    'decimal: "," and, if thousands have a sign, thousands:',
)
WRITINGS: tuple[Writing, ...] = (
    DECIMAL_COMMA,
    Writing(f"{_SIGN}{grouped(',')}", "have a comma between thousands", 'thousands: ","', largest=True),
    Writing(f"{_SIGN}{grouped(chr(39))}", "have an apostrophe between thousands", 'thousands: "\'"', largest=True),
    Writing(f"{_SIGN}{grouped(' ')}", "have a blank between thousands", 'thousands: " "', largest=True),
    Writing(rf"\({_AMOUNT}\)|[0-9][0-9.,]*-", "are below zero in the writing of accountants", "accounting: true"),
    Writing(
        f"{_SIGN}(?:{_CURRENCY}|[A-Z]{{3}}) ?{_SIGN}{_AMOUNT}|{_SIGN}{_AMOUNT} ?(?:{_CURRENCY}|[A-Z]{{3}})",
        "have the sign of a currency",
        "accounting: true",
    ),
)
