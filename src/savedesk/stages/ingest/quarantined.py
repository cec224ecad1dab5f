"""The quarantine: rows turned away, kept as they were given, and the limit above which the stage stops."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from savedesk.engine.base import Engine
from savedesk.engine.check import RULE
from savedesk.errors import DataContractError
from savedesk.schemas import quarantine
from savedesk.schemas.table import Table
from savedesk.stages.ingest.casting import ROW_ID, UNREADABLE
from savedesk.stages.ingest.csv_file import FILE
from savedesk.stages.ingest.raw import Relation
from savedesk.stages.ingest.validation import Validated

BREACH_FOLDER = "data/quarantine"
UNKNOWN_SUBSCRIBER = "reference:subscriber_id"
_EXAMPLE = 80
_RAW_MEANINGS = {
    quarantine.UNREADABLE: "has the wrong number of fields",
    quarantine.UNDECODABLE: "has bytes that are no text in the declared encoding",
    quarantine.SWALLOWED: "lies inside a quoted field of a file whose quotes do not add up",
}


def lines(relation: Relation, engine: Engine) -> Any | None:
    """Return the lines of a relation that could not be read, as rows of the quarantine."""
    if not relation.rejected:
        return None
    rows = [
        (line.rule, json.dumps({FILE: line.file, "_line": line.line, "_text": line.text}, ensure_ascii=False))
        for line in relation.rejected
    ]
    taken = engine.taken(pa.table({"rule": [rule for rule, _ in rows], "row": [row for _, row in rows]}))
    return _numbered(raw_name(relation), taken)


def rows(validated: Validated) -> Any | None:
    """Return the rows of a table that broke a rule, as rows of the quarantine."""
    if validated.broken is None:
        return None
    both = validated.given.table.join(validated.broken, ROW_ID)
    return _numbered(validated.contract.name, both.select(rule=both[RULE], row=_as_given(validated, both)))


def repaired(validated: Validated) -> Any | None:
    """Return the rows that were accepted without a value that cannot be read, as rows of ``repaired``."""
    if validated.repaired is None:
        return None
    both = validated.given.table.join(validated.repaired, ROW_ID)
    rules = both[UNREADABLE].re_replace(",$", "")
    numbered = _numbered(validated.contract.name, both.select(rule=rules, row=_as_given(validated, both)))
    return numbered.rename(rules="rule")


def _as_given(validated: Validated, both: Any) -> Any:
    """Return each row as a JSON object of the texts that were given."""
    texts = {name: both[name].cast("string") for name in validated.given.table.columns if name != ROW_ID}
    return ibis.struct(texts).cast("json").cast("string")


def raw_name(relation: Relation) -> str:
    """Return the name of a relation beside those of the canonical tables."""
    return f"raw:{relation.name}"


def _numbered(table: str, away: Any) -> Any:
    number = ibis.row_number().over(order_by=[away.rule, away.row]).cast("int64") + 1
    return away.select(table=ibis.literal(table), number=number, rule=away.rule, row=away.row)


def combined(parts: Sequence[Any], contract: Table, engine: Engine) -> Any:
    """Return the whole quarantine, or all repaired rows."""
    return ibis.union(*parts) if parts else engine.empty(contract.columns)


def write_rows(validated: Validated, root: Path, engine: Engine) -> str:
    """Write the rows of a table that were turned away or lost a value; return the place."""
    parts = [rows(validated), repaired(validated)]
    away, lost = parts[0], parts[1]
    if lost is not None:
        lost = lost.rename(rule="rules")
    given = [part for part in (away, lost) if part is not None]
    return _write(validated.contract.name, ibis.union(*given), root, engine)


def hold_lines(relation: Relation, away: Any, limit: float, root: Path, engine: Engine) -> None:
    """Stop if too many lines of a relation could not be read.

    Raises:
        DataContractError: their share is above the limit.
    """
    bad, total = len(relation.rejected), relation.rows + len(relation.rejected)
    if bad <= limit * total:
        return
    rules = [line.rule for line in relation.rejected]
    rule = max(sorted(set(rules)), key=rules.count)
    first = next(line for line in relation.rejected if line.rule == rule)
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
        next_step=f"{step}; all of them are in {_write(raw_name(relation), away, root, engine)}",
    )


def _counted(bad: int, total: int, unit: str) -> str:
    return f"{bad:,} of {total:,} {unit} ({_percent(bad / total)})"


def _limit(limit: float) -> str:
    return f"at most {_percent(limit)} (ingest.max_quarantined_share)"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _write(table: str, away: Any, root: Path, engine: Engine) -> str:
    """Write the quarantined rows of a table where they can be looked at although the stage fails; return the place."""
    place = f"{BREACH_FOLDER}/{table.replace(':', '_')}.csv"
    target = root / place
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}.tmp")
    engine.write_csv(away.order_by("number").select("number", "rule", "row"), scratch)
    scratch.replace(target)
    return place
