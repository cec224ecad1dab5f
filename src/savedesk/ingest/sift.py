"""Sift the rows of a table: each is accepted, or turned away with the first rule that it breaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis

from savedesk.contracts.check import RULE, Rule, column_rules, duplicate_rule, first_broken, reference_rules
from savedesk.contracts.table import Table
from savedesk.ingest.casting import BREACH, ROW_ID, casting_select, is_plain, quoted
from savedesk.ingest.statement import Given

WORK = "staged"  # schema of ingest's own tables, apart from the source's relations


@dataclass(frozen=True)
class Sifted:
    """What became of the rows of a table.

    Args:
        contract: the table.
        given: its rows as the source gives them.
        accepted: the accepted rows, as an Ibis expression.
        counts: rows by rule broken, the most frequent first.
        rules: the rules, for their meaning in words.
    """

    contract: Table
    given: Given
    accepted: Any
    counts: Mapping[str, int]
    rules: tuple[Rule, ...]

    @property
    def turned_away(self) -> int:
        """Number of rows that broke a rule."""
        return sum(self.counts.values())


def sift(
    contract: Table, given: Given, connection: Any, accepted: Mapping[str, Any], latest: date, max_text_length: int
) -> Sifted:
    """Cast the rows of a SELECT and part them by the rules of the contract.

    Args:
        contract: the table that they should be.
        given: the rows.
        connection: Ibis connection.
        accepted: accepted rows of the tables that this one refers to, by name.
        latest: the day after which no fact may lie.
        max_text_length: most characters of a text.
    """
    con, name = connection.con, contract.name
    select = casting_select(given.table, given.types, contract.columns, max_text_length)
    kind = "VIEW" if is_plain(given.types, contract.columns) else "TABLE"
    con.execute(f"CREATE {kind} {WORK}.cast_{name} AS {select}")
    cast = connection.table(f"cast_{name}", database=WORK)
    con.execute(f"CREATE TABLE {WORK}.broken_{name} ({ROW_ID} BIGINT, {RULE} VARCHAR)")
    rules = column_rules(cast, contract, latest)
    _turn_away(connection, name, cast, ibis.coalesce(cast[BREACH], first_broken(rules)))
    passed = _passed(connection, contract)
    repeated = _repeated(passed, contract, connection)
    if repeated is not None:
        _turn_away(connection, name, repeated, duplicate_rule(repeated, contract, ROW_ID))
        passed = _passed(connection, contract)
    references = reference_rules(passed, contract, accepted)
    if references:
        _turn_away(connection, name, passed, first_broken(references))
    counts = con.execute(
        f"SELECT {RULE}, count(*) FROM {WORK}.broken_{name} GROUP BY ALL ORDER BY count(*) DESC, {RULE}"  # noqa: S608 - own names
    ).fetchall()
    left = _passed(connection, contract).drop(ROW_ID)
    sifted = Sifted(contract, given, left, dict(counts), (*rules, *references))
    if left.count().execute() + sifted.turned_away != given.rows:
        message = f"{name}: rows in differ from rows accepted and turned away"
        raise RuntimeError(message)
    return sifted


def _turn_away(connection: Any, name: str, table: Any, broken: Any) -> None:
    """Write down the rows for which ``broken`` names a rule."""
    rows = table.select(ROW_ID, **{RULE: broken})
    select = connection.compile(rows.filter(rows[RULE].notnull()))
    connection.con.execute(f"INSERT INTO {WORK}.broken_{name} {select}")


def _passed(connection: Any, contract: Table) -> Any:
    """Return the rows that have broken no rule so far."""
    name = contract.name
    cast = connection.table(f"cast_{name}", database=WORK).drop(BREACH)
    broken = f"broken_{name}"
    if not count(connection, broken):
        return cast
    return cast.anti_join(connection.table(broken, database=WORK), ROW_ID).select(*cast.columns)


def _repeated(passed: Any, contract: Table, connection: Any) -> Any | None:
    """Return the rows whose key occurs more than once, if any: windows over all rows would be dear."""
    keys = list(contract.key)
    found = f"repeated_{contract.name}"
    more = passed.group_by(keys).having(passed.count() > 1).aggregate()
    connection.con.execute(f"CREATE TABLE {WORK}.{found} AS {connection.compile(more)}")
    if not count(connection, found):
        return None
    return passed.semi_join(connection.table(found, database=WORK), keys).select(*passed.columns)


def count(connection: Any, table: str) -> int:
    """Return the number of rows of one of ingest's own tables."""
    return int(connection.con.execute(f"SELECT count(*) FROM {WORK}.{table}").fetchone()[0])  # noqa: S608 - own name


def example(sifted: Sifted, rule: str, con: Any) -> str:
    """Return the value, as given, of one row that breaks a rule."""
    names = [name for name in rule.partition(":")[2].split(",") if name in sifted.given.types]
    if not names:
        identity = next((one.meaning for one in sifted.rules if one.name == rule), "")
        names = [name for name in sifted.given.types if name in identity][:4] or list(sifted.given.types)[:1]
    cells = ", ".join(f"left(CAST({quoted(name)} AS VARCHAR), 60)" for name in names)
    row = con.execute(
        f"SELECT {cells} FROM {sifted.given.table} JOIN {WORK}.broken_{sifted.contract.name} USING ({ROW_ID}) "  # noqa: S608
        f"WHERE {RULE} = ? ORDER BY {ROW_ID} LIMIT 1",
        [rule],
    ).fetchone()
    return ", ".join(
        f"{name}={'(nothing)' if cell is None else repr(cell)}" for name, cell in zip(names, row, strict=True)
    )
