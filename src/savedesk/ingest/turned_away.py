"""The quarantine: rows turned away, kept as they were given, and the limit above which the stage stops."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa

from savedesk.contracts import quarantine
from savedesk.contracts.check import RULE, meaning_of
from savedesk.errors import DataContractError
from savedesk.ingest.casting import ROW_ID, literal, quoted
from savedesk.ingest.csv_file import FILE
from savedesk.ingest.raw import Relation
from savedesk.ingest.sift import WORK, Sifted, example
from savedesk.ingest.source import SOURCE_FILE

TABLE = f"{WORK}.quarantine"
BREACH_FOLDER = "data/quarantine"
UNKNOWN_SUBSCRIBER = "reference:subscriber_id"
_EXAMPLE = 80
_RAW_MEANINGS = {
    quarantine.UNREADABLE: "has the wrong number of fields",
    quarantine.UNDECODABLE: "has bytes that are no text in the declared encoding",
    quarantine.SWALLOWED: "lies inside a quoted field of a file whose quotes do not add up",
}


def create(con: Any) -> None:
    """Make the empty quarantine."""
    con.execute(f'CREATE TABLE {TABLE} ("table" VARCHAR, number BIGINT, rule VARCHAR, "row" VARCHAR)')


def keep_lines(relation: Relation, con: Any) -> None:
    """Put the lines of a relation that could not be read into the quarantine."""
    if not relation.rejected:
        return
    rows = [
        (one.rule, json.dumps({FILE: one.file, "_line": one.line, "_text": one.text}, ensure_ascii=False))
        for one in relation.rejected
    ]
    lines = pa.table({"rule": [rule for rule, _ in rows], "row": [row for _, row in rows]})
    con.register("rejected_lines", lines)
    _append(raw_name(relation), 'SELECT rule, "row" FROM rejected_lines', con)
    con.unregister("rejected_lines")


def keep_rows(sifted: Sifted, con: Any) -> None:
    """Put the rows of a table that broke a rule into the quarantine."""
    if not sifted.turned_away:
        return
    given, broken = sifted.given.table, f"{WORK}.broken_{sifted.contract.name}"
    names = [row[0] for row in con.execute(f"DESCRIBE {given}").fetchall() if row[0] != ROW_ID]
    row = "json_object(" + ", ".join(f"{literal(name)}, CAST({quoted(name)} AS VARCHAR)" for name in names) + ")"
    select = f'SELECT {RULE} AS rule, {row} AS "row" FROM {given} JOIN {broken} USING ({ROW_ID})'  # noqa: S608 - own names
    _append(sifted.contract.name, select, con)


def raw_name(relation: Relation) -> str:
    """Return the name of a relation beside those of the canonical tables."""
    return f"raw:{relation.name}"


def _append(table: str, select: str, con: Any) -> None:
    numbered = f'SELECT {literal(table)}, row_number() OVER (ORDER BY rule, "row"), rule, "row" FROM ({select})'  # noqa: S608
    con.execute(f"INSERT INTO {TABLE} {numbered}")


def hold_lines(relation: Relation, limit: float, root: Path, con: Any) -> None:
    """Stop if too many lines of a relation could not be read.

    Raises:
        DataContractError: their share is above the limit.
    """
    bad, total = len(relation.rejected), relation.rows + len(relation.rejected)
    if bad <= limit * total:
        return
    rules = [one.rule for one in relation.rejected]
    rule = max(sorted(set(rules)), key=rules.count)
    first = next(one for one in relation.rejected if one.rule == rule)
    place = first.file if first.line is None else f"{first.file} line {first.line}"
    step = (
        "set encoding: in source.yaml"
        if rule == quarantine.UNDECODABLE
        else "see delimiter: and quote: in source.yaml, or mend the file"
    )
    raise DataContractError(
        f"{_counted(bad, total, 'lines')} cannot be read; {rule}: a line {_RAW_MEANINGS[rule]} "
        f"({rules.count(rule):,} lines), for example {first.text[:_EXAMPLE]!r} in {place}",
        where=raw_name(relation),
        allowed=_limit(limit),
        next_step=f"{step}; all of them are in {_write(raw_name(relation), root, con)}",
    )


def hold_rows(sifted: Sifted, limit: float, root: Path, where: str, con: Any) -> None:
    """Stop if too many rows of a table broke a rule.

    Raises:
        DataContractError: their share is above the limit.
    """
    name, total = sifted.contract.name, sifted.given.rows
    if sifted.turned_away <= limit * total:
        return
    rule, count = next(iter(sifted.counts.items()))
    column = rule.partition(":")[2]
    step = f"mend {where} or the data"
    if rule == UNKNOWN_SUBSCRIBER and count > total / 2:  # not some strays: one of the two was read wrongly
        both = f"{where} and {PurePosixPath(where).with_name('subscribers.sql')}"
        step = (
            f"most ids match no subscriber, so look at the subscribers file too: {both} must give ids that are "
            f"written alike, and each file needs its own encoding: in {SOURCE_FILE}"
        )
    raise DataContractError(
        f"{_counted(sifted.turned_away, total, 'rows')} break a rule; {rule}: {meaning_of(rule, list(sifted.rules))} "
        f"({count:,} rows), for example {example(sifted, rule, con)}",
        where=f"{name}.{column}" if column in sifted.contract.column_names else name,
        allowed=_limit(limit),
        next_step=f"{step}; all of them are in {_write(name, root, con)}",
    )


def _counted(bad: int, total: int, unit: str) -> str:
    return f"{bad:,} of {total:,} {unit} ({_percent(bad / total)})"


def _limit(limit: float) -> str:
    return f"at most {_percent(limit)} (ingest.max_quarantined_share)"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _write(table: str, root: Path, con: Any) -> str:
    """Write the quarantined rows of a table where they can be looked at although the stage fails; return the place."""
    place = f"{BREACH_FOLDER}/{table.replace(':', '_')}.csv"
    target = root / place
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}.tmp")
    con.execute(
        f'COPY (SELECT number, rule, "row" FROM {TABLE} WHERE "table" = {literal(table)} ORDER BY number) '  # noqa: S608
        f"TO {literal(str(scratch))} (FORMAT csv, HEADER)"
    )
    scratch.replace(target)
    return place
