"""Values that look as if they meant something else: thousands taken for fractions, days and months swapped.

A sample of the rows is looked at; a whole column only where the sample looks so. What the SELECTs do not mention is
left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from savedesk.errors import DataContractError
from savedesk.stages.ingest.cells import DAY, IN_VALUES, NO_VALUE, TIME
from savedesk.stages.ingest.raw_file import RawFile
from savedesk.stages.ingest.writings import PLAIN, POINTS_OF_THREE, WRITINGS

_MOSTLY = 0.9  # share of a column's values from which on it holds numbers
_DAY_FIRST = "[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{2}|[0-9]{4})"
_ISO_DAY = rf"{DAY}(?:{TIME})?"
_ENOUGH = 5  # real days and texts from which on it is no accident that all of the former are below 13
_MANY = 20  # values with three digits behind the point from which on it is no accident that there is no other
_TWELVE = 12


@dataclass(frozen=True)
class Sampled:
    """A raw relation and some of its rows.

    Args:
        name: the relation.
        declared: what source.yaml says about its files.
        table: all rows, as Ibis table.
        sample: some of them.
    """

    name: str
    declared: RawFile
    table: Any
    sample: pa.Table

    def where(self, column: str) -> str:
        """Return how messages name a column."""
        return f"relation {self.name} ({self.declared.path}), column {column}"


def doubtful(relation: Sampled, sql: str, names: frozenset[str] = frozenset()) -> list[str]:
    """Return warnings about the columns of a relation.

    Args:
        relation: what to look at.
        sql: the text of all SELECTs.
        names: columns, in small letters, that these take for ids and names: they hold no numbers.

    Raises:
        DataContractError: a spreadsheet has swapped days and months in a part of a column, or a point stands between
            thousands and would be read as one before a fraction.
    """
    said: list[str] = []
    for name in relation.sample.column_names:
        column: Any = relation.sample[name].combine_chunks()
        if name.startswith("_") or not pa.types.is_string(column.type) or not _mentioned(name, sql):
            continue
        text = pc.utf8_trim_whitespace(column.drop_null())
        text = text.filter(pc.invert(pc.is_in(text, pa.array(["", *NO_VALUE, *IN_VALUES]))))
        if not len(text):
            continue
        said += _letters(relation, name, text)
        if not relation.declared.says_how_numbers_are_written and name.lower() not in names:
            said += _numbers(relation, name, text)
        said += _days(relation, name, text)
    return said


def _mentioned(column: str, sql: str) -> bool:
    return "*" in sql or re.search(rf"(?<!\w){re.escape(column)}(?!\w)", sql, re.IGNORECASE) is not None


def _matching(text: Any, pattern: str) -> Any:
    return pc.match_substring_regex(text, rf"^(?:{pattern})$")


def _letters(relation: Sampled, name: str, text: Any) -> list[str]:
    """Letters such as K\u00c3\u00b6ln: UTF-8 that was read in another encoding, here or before the export."""
    strange = text.filter(
        pc.match_substring_regex(text, "[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u02dc\u2013-\u203a\u20ac\u2122]")
    )
    for value in pc.unique(strange).to_pylist()[:_MANY]:
        for encoding in ("latin-1", "cp1252"):
            try:
                meant = value.encode(encoding).decode("utf-8")
            except UnicodeError:
                continue
            step = f"set encoding: utf-8 under files: {relation.name} in source.yaml, or export it anew"
            return [f"{relation.where(name)}: {value!r} is {meant!r} in a wrong encoding; next: {step}"]
    return []


def _numbers(relation: Sampled, name: str, text: Any) -> list[str]:
    marks = [_matching(text, writing.pattern) for writing in WRITINGS]
    numbers = _matching(text, PLAIN)
    for mark in marks:
        numbers = pc.or_(numbers, mark)
    if pc.sum(numbers).as_py() < _MOSTLY * len(text):
        return []
    for writing, mark in zip(WRITINGS, marks, strict=True):
        if pc.any(mark).as_py():
            example = text.filter(mark)[0].as_py()
            step = f"set {writing.key} under files: {relation.name} in source.yaml"
            return [f"{relation.where(name)}: values such as {example!r} {writing.said}; next: {step}"]
    pointed = text.filter(pc.match_substring(text, "."))
    if not len(pointed) or not pc.all(_matching(pointed, POINTS_OF_THREE)).as_py():
        return []
    count, mixed = _points_of_three(relation, name)
    if not count:
        return []
    said = f"{count:,} values such as {pointed[0].as_py()!r} have a point, always with exactly three digits behind it"
    step = f'set thousands: "." (or decimal: "." if they are fractions) under files: {relation.name} in source.yaml'
    if mixed and count >= _MANY:
        said += ", and those without a point are below 1000: it stands between thousands"
        raise DataContractError(said, where=relation.where(name), next_step=step)
    said += ", so it may stand between thousands; they are read as fractions"
    return [f"{relation.where(name)}: {said}; next: {step}"]


def _points_of_three(relation: Sampled, name: str) -> tuple[int, bool]:
    """Return how many values of the whole column have a point, and whether the others are all below 1000.

    The count is 0 if one of them is a fraction for sure.
    """
    text = relation.table[name].strip()
    pointed = text.contains(".")
    fits = text.re_search(rf"\A(?:{POINTS_OF_THREE})\z")
    whole = ibis.cases((~pointed, text.try_cast("float64").abs()))
    sums = {"pointed": pointed.sum(), "fits": (pointed & fits).sum(), "largest": whole.max()}
    (counts,) = relation.table.aggregate(**sums).to_pyarrow().to_pylist()
    largest = counts["largest"]
    mixed = largest is not None and 0 < largest < 1000  # noqa: PLR2004 - above it thousands have a sign
    return (int(counts["pointed"]) if counts["pointed"] == counts["fits"] else 0), mixed


def _days(relation: Sampled, name: str, text: Any) -> list[str]:
    """Days that a spreadsheet recognised in the wrong order, beside those that it could not recognise."""
    if not (pc.any(_matching(text, _ISO_DAY)).as_py() and pc.any(_matching(text, _DAY_FIRST)).as_py()):
        return []
    value = relation.table[name].strip()
    real, other = (value.re_search(rf"\A(?:{pattern})\z") for pattern in (_ISO_DAY, _DAY_FIRST))
    day = value.re_extract("^[0-9]{4}-[0-9]{1,2}-([0-9]{1,2})", 1).try_cast("int64")
    sums = {"real": real.sum(), "other": other.sum(), "late": (real & (day > _TWELVE)).sum()}
    (counts,) = relation.table.aggregate(**sums).to_pyarrow().to_pylist()
    if counts["late"]:
        return []
    example = text.filter(_matching(text, _DAY_FIRST))[0].as_py()
    said = (
        f"{counts['real']:,} values are days, none later than the 12th of its month, and {counts['other']:,} are texts "
        f"such as {example!r}: a spreadsheet has taken days for months where it could"
    )
    step = "export the column anew as text, without opening it in a spreadsheet"
    if min(counts["real"], counts["other"]) >= _ENOUGH:
        raise DataContractError(said, where=relation.where(name), next_step=step)
    return [f"{relation.where(name)}: {said}; next: {step}"]
