"""Numbers as a file writes them, where source.yaml says how: 1.234,56 and 1'234.56 become 1234.56.

A number in another writing becomes a text that cannot be read as one, so that none is taken for a thousandth.
"""

from __future__ import annotations

from typing import Any

import ibis

from savedesk.errors import DataContractError
from savedesk.stages.ingest.raw_file import RawFile

_SIGNS = {",": ",", ".": r"\.", " ": "[ \u00a0\u2009\u202f]", "'": "['\u2019]"}
_BLANK = "[ \u00a0\u202f]*"
_MONEY = f"(?:[$\u20ac\u00a3\u00a5\u20b9\u20bd]|[A-Z]{{3}})?{_BLANK}"
_MOSTLY = 0.5  # share of a column's values from which on it holds numbers


def grouped(thousands: str, decimal: str = ".") -> str:
    """Return a pattern of whole and broken numbers whose thousands have a sign between them, Indian lakhs included."""
    sign = _SIGNS[thousands]
    return rf"[0-9]{{1,3}}(?:{sign}[0-9]{{2,3}})*{sign}[0-9]{{3}}(?:{_SIGNS[decimal]}[0-9]*)?"


def _pattern(declared: RawFile) -> str:
    decimal = declared.decimal or "."
    point = _SIGNS[decimal]
    plain = rf"(?:[0-9]+(?:{point}[0-9]*)?|{point}[0-9]+)" + ("" if declared.accounting else "(?:[eE][+-]?[0-9]+)?")
    number = f"(?:{grouped(declared.thousands, decimal)}|{plain})" if declared.thousands else plain
    if not declared.accounting:
        return rf"\A[+-]?{number}\z"
    return rf"\A(?:{_MONEY}{_BLANK}\({_MONEY}{number}{_BLANK}{_MONEY}\)|[+-]?{_MONEY}[+-]?{number}{_BLANK}{_MONEY}-?)\z"


def rewritten(table: Any, declared: RawFile, where: str, names: frozenset[str] = frozenset()) -> Any:
    """Return a raw relation whose numbers are written plainly, in the columns that hold mostly numbers.

    An id or a name is no number, whatever it looks like: account 1.234 is another one than 1234.

    Args:
        table: Ibis table; only its columns of text are looked at.
        declared: how its numbers are written.
        where: how messages name the relation.
        names: columns, in small letters, that the SELECTs take for ids and names; see ``naming_columns``.

    Raises:
        DataContractError: ``numbers:`` names a column that is not there.
    """
    texts = [name for name, dtype in table.schema().items() if dtype.is_string() and name != "_file"]
    if declared.numbers is not None:
        absent = [name for name in declared.numbers if name not in table.columns]
        if absent:
            raise DataContractError(
                f"numbers: names a column {absent[0]!r} that is not there",
                where=where,
                allowed=", ".join(table.columns),
                next_step="mend numbers: in source.yaml",
            )
        texts = [name for name in texts if name in declared.numbers]
    else:
        texts = [name for name in texts if name.lower() not in names]
    pattern = _pattern(declared)
    sums: dict[str, Any] = {}
    for name in texts:
        text = table[name].strip().replace("\u2212", "-")
        sums |= {f"given:{name}": (text != "").sum(), f"fitting:{name}": text.re_search(pattern).sum()}
    if not sums:
        return table
    (counts,) = table.aggregate(**sums).to_pyarrow().to_pylist()
    named = declared.numbers is not None
    shares = {name: (counts[f"fitting:{name}"] or 0) / max(counts[f"given:{name}"] or 0, 1) for name in texts}
    holding = [name for name in texts if named or shares[name] > _MOSTLY]
    return table.mutate(**{name: _plain(table[name], declared, pattern) for name in holding}) if holding else table


def _plain(value: Any, declared: RawFile, pattern: str) -> Any:
    text = value.strip().replace("\u2212", "-")
    digits = text.re_replace(_SIGNS[declared.thousands], "") if declared.thousands else text
    digits = digits.replace(",", ".") if declared.decimal == "," else digits
    if declared.accounting:
        below = text.contains("-") | text.contains("(")
        bare = digits.re_replace("[^0-9.]", "")
        digits = ibis.ifelse(below, ibis.literal("-") + bare, bare)
    written = f" (not written with decimal: {declared.decimal or '.'}"
    written += f", thousands: {declared.thousands})" if declared.thousands else ")"
    odd = text.try_cast("float64").notnull() & (text.contains(".") | text.contains(","))
    return ibis.cases((text.re_search(pattern), digits), (odd, text + written), else_=value)
