"""Run the SELECT of a source folder and check its columns against the contract."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from savedesk.contracts.table import Table
from savedesk.engine.base import Engine, Problem
from savedesk.errors import DataContractError
from savedesk.ingest import dialect
from savedesk.ingest.casting import ROW_ID
from savedesk.ingest.csv_file import FILE, ROW
from savedesk.ingest.raw import Relation

WORK = "__"  # begins the names of ingest's own tables; those of relations begin with a letter
SPARK_SUFFIX = ".spark.sql"
_PLACE_COLUMNS = (ROW, FILE)


@dataclass(frozen=True)
class Given:
    """The rows of a SELECT, kept in the engine.

    Args:
        table: Ibis table of the row id and the columns.
        rows: how many there are.
    """

    table: Any
    rows: int

    @property
    def columns(self) -> tuple[str, ...]:
        """The contract's columns among those given."""
        return tuple(name for name in self.table.columns if name not in (ROW_ID, *_PLACE_COLUMNS))


def run_select(
    path: Path,
    where: str,
    contract: Table,
    relations: Sequence[Relation],
    engine: Engine,
    check: Callable[[list[str]], None] | None = None,
) -> Given:
    """Run the one SELECT in a file and keep its rows, numbered.

    Args:
        path: the SQL file.
        where: how messages name it.
        contract: the table that it should give.
        relations: what it can read.
        engine: where it runs.
        check: called with the names of the columns before they are held against the contract.

    Raises:
        DataContractError: not one SELECT, not accepted by the engine, or columns that do not fit the contract.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataContractError(f"not UTF-8: {error.reason}", where=where, next_step="save it as UTF-8") from error
    own = path.name.endswith(SPARK_SUFFIX)
    select = dialect.only_select(text) if own else _translated(text, where, engine)
    try:
        shown = engine.query(f"{WORK}select_{contract.name}", select)
        if check is not None:
            check([name.lower() for name in shown.columns])
        by_name = _checked_columns(shown.columns, contract, where)
        kept = {name: shown[given] for name, given in by_name.items()}
        kept |= {name: shown[name] for name in _PLACE_COLUMNS if name in shown.columns}
        table = engine.numbered(shown.select(**kept), ROW_ID, f"{WORK}given_{contract.name}")
    except engine.errors as error:
        problem = engine.problem(error)
        empty = [r for r in relations if not r.columns and _mentions(text, r.name)]
        if empty and problem.kind == "column":
            return _no_rows(engine)
        raise _explained(problem, text, where, relations, _mending(engine, where)) from error
    return Given(table, int(table.count().execute()))


def _no_rows(engine: Engine) -> Given:
    """Return no rows: the file behind the SELECT is empty to the last byte, so it has no columns to select."""
    return Given(engine.taken(pa.table({ROW_ID: pa.array([], pa.int64())})), 0)


def _translated(text: str, where: str, engine: Engine) -> str:
    """Return a SELECT of DuckDB's dialect in that of the engine."""
    try:
        fault = dialect.fault(text)
    except duckdb.Error as error:
        message = str(error).splitlines()[0].removeprefix("Parser Error: ")
        raise DataContractError(message, where=where, next_step="mend the SQL (DuckDB's dialect)") from error
    if fault:
        raise DataContractError(fault, where=where, allowed="one SELECT", next_step="keep one SELECT")
    if engine.name == "duckdb":
        return text
    try:
        return dialect.in_spark(text)
    except dialect.SqlglotError as error:
        message = f"cannot be translated from DuckDB's dialect to Spark's: {str(error).splitlines()[0]}"
        raise DataContractError(message, where=where, next_step=_mending(engine, where)) from error


def _mending(engine: Engine, where: str) -> str:
    if engine.name == "duckdb":
        return "mend the SQL (DuckDB's dialect)"
    if where.endswith(SPARK_SUFFIX):
        return "mend the SQL (Spark's dialect)"
    return f"mend the SQL, or write {Path(where).with_suffix('').name}{SPARK_SUFFIX} beside it in Spark's dialect"


def _checked_columns(given: Iterable[str], contract: Table, where: str) -> dict[str, str]:
    """Return the contract's columns among those given, and how they are spelled; ``_row``, ``_file`` may come along."""
    by_name = {name.lower(): name for name in given if name not in _PLACE_COLUMNS}
    allowed = contract.column_names
    for name in by_name:
        if name not in allowed:
            near = difflib.get_close_matches(name, allowed, n=1, cutoff=0.5)
            raise DataContractError(
                f"table {contract.name} has no column {name!r}",
                where=where,
                allowed=", ".join(allowed),
                next_step=f"did you mean {near[0]!r}?"
                if near
                else "leave it out, or declare it in attributes.sql and source.yaml",
            )
    for column in contract.columns:
        if not column.nullable and not column.default_from and column.name not in by_name:
            raise DataContractError(
                f"column {column.name!r} is missing ({column.meaning})",
                where=where,
                allowed=", ".join(allowed),
                next_step=f"add `... AS {column.name}` to the SELECT",
            )
    return by_name


def _explained(
    problem: Problem, text: str, where: str, relations: Sequence[Relation], mending: str
) -> DataContractError:
    allowed, step = "", mending
    if problem.kind == "column":
        columns = [f"{r.name}: {', '.join(map(_spelled, r.columns))}" for r in relations if _mentions(text, r.name)]
        allowed, step = "columns of " + "; of ".join(columns), "mend the name"
    elif problem.kind == "table":
        allowed = ", ".join(r.name for r in relations)
        step = "use a relation named under files: in source.yaml"
    elif problem.kind == "value":
        step = (
            "select the value as it is (ingest casts it and quarantines what does not fit), or use try_cast or iso_date"
        )
    return DataContractError(problem.message, where=where, allowed=allowed, next_step=step)


def _spelled(column: str) -> str:
    return column if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", column) else '"' + column.replace('"', '""') + '"'


def _mentions(text: str, relation: str) -> bool:
    return re.search(rf"\b{re.escape(relation)}\b", text, re.IGNORECASE) is not None
