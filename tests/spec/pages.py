"""Read the pages of docs/features: worked examples as facts and the feature values that follow from them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from savedesk.schemas.table import Table
from savedesk.stages.features.declaration import Feature, features_of
from savedesk.stages.features.stage import FACTS, FAMILIES
from tests.tables import PARSE, REPO, Rows

FOLDER = REPO / "docs" / "features"
TABLES = {contract.name: contract for contract in FACTS}
FEATURES: dict[str, Feature] = {
    feature.name: feature for family in FAMILIES.values() for feature in features_of(family)
}
AS_OF = re.compile(r"^as_of: (\d{4}-\d\d-\d\d)$", re.MULTILINE)
BLOCK = re.compile(r"^(?:Given (\w+)|Then):\n\n((?:\|.*\n)+)", re.MULTILINE)
SECTION = re.compile(r"^## ", re.MULTILINE)

Cells = list[dict[str, str]]
Values = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Example:
    """One section of a page.

    Args:
        family: the page.
        heading: the fact that it states.
        as_of: day of the decision.
        given: rows of each table given.
        then: subscriber -> feature -> value.
    """

    family: str
    heading: str
    as_of: dt.date
    given: dict[Table, Rows]
    then: Values

    def rows(self, name: str) -> Rows:
        """Return the rows given of a table."""
        return self.given.get(TABLES[name], [])


def examples() -> Iterator[Example]:
    """Yield every example of every family's page."""
    for page in sorted(FOLDER.glob("*.md")):
        if page.name != "README.md":
            for section in SECTION.split(page.read_text(encoding="utf-8"))[1:]:
                yield example_of(page.stem, section)


def example_of(family: str, section: str) -> Example:
    """Return the example that a section holds; a section without one, or with a stray table, is a mistake."""
    heading, _, body = section.partition("\n")
    where = f"{family}.md: {heading}"
    days, blocks = AS_OF.findall(body), BLOCK.findall(body)
    assert len(days) == 1, f"{where}: one line 'as_of: <date>'"
    tables_seen = len(re.findall(r"^\|[ :|-]+\|$", body, re.MULTILINE))
    assert tables_seen == len(blocks), f"{where}: each table follows 'Given <table>:' or 'Then:' and a blank line"
    given = {name: table_of(text, where) for name, text in blocks if name}
    (then,) = [table_of(text, where) for name, text in blocks if not name]
    return _example(where, family, heading, days[0], given, then)


def _example(where: str, family: str, heading: str, day: str, given: dict[str, Cells], then: Cells) -> Example:
    assert given.keys() <= TABLES.keys(), f"{where}: {given.keys() - TABLES.keys()}"
    rows = {TABLES[name]: [_typed(TABLES[name], line, where) for line in lines] for name, lines in given.items()}
    people = [name for name in then[0] if name != "feature"]
    named = {line["feature"] for line in then}
    assert named <= FEATURES.keys(), f"{where}: no feature {named - FEATURES.keys()}"
    assert len(named) == len(then), f"{where}: a feature stands there twice"
    values = {who: {line["feature"]: value_of(line["feature"], line[who]) for line in then} for who in people}
    rows = {TABLES["subscribers"]: [{"subscriber_id": who} for who in people]} | rows
    return Example(family, heading, dt.date.fromisoformat(day), rows, values)


def table_of(text: str, where: str) -> Cells:
    """Return the rows of a markdown table, cells as text."""
    lines = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.strip().splitlines()]
    names = lines[0]
    assert all(len(line) == len(names) for line in lines), f"{where}: a row with another number of cells\n{text}"
    return [dict(zip(names, line, strict=True)) for line in lines[2:]]


def _typed(contract: Table, line: dict[str, str], where: str) -> dict[str, Any]:
    assert line.keys() <= set(contract.column_names), f"{where}: {contract.name} has no such column in {list(line)}"
    return {name: PARSE[contract.column(name).dtype](cell) if cell else None for name, cell in line.items()}


def value_of(name: str, cell: str) -> Any:
    """Return a value of a ``Then`` table: nothing, a text, a number, or a fraction of two numbers."""
    if not cell:
        return None
    if FEATURES[name].dtype == "string":
        return cell
    part, _, whole = cell.partition("/")
    return float(Fraction(part) / Fraction(whole or "1"))
