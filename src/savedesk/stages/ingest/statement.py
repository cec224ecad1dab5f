"""Run the SELECT of a source folder and check its columns against the contract."""

from __future__ import annotations

import contextlib
import difflib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from savedesk.engine.base import Engine, Problem
from savedesk.errors import DataContractError
from savedesk.schemas.table import Table
from savedesk.stages.ingest import confined, dialect
from savedesk.stages.ingest.casting import ROW_ID
from savedesk.stages.ingest.csv_file import FILE, ROW
from savedesk.stages.ingest.raw import Relation

WORK = "__"  # begins the names of ingest's own tables; those of relations begin with a letter
SPARK_SUFFIX = ".spark.sql"
_SEPARATORS = (";", "\t", "|", ",")
_PLACE_COLUMNS = (ROW, FILE)


@dataclass(frozen=True)
class Given:
    """The rows of a SELECT, kept in the engine.

    Args:
        table: Ibis table of the row id and the columns.
        rows: how many there are.
        values: the same table without what stands for no value; as given if absent.
    """

    table: Any
    rows: int
    values: Any | None = None

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
    select = (
        _of_spark(text, where) if own else _translated(text, where, engine, [relation.name for relation in relations])
    )
    try:
        _hold_names_apart(engine.names_of(select), where)
        shown = engine.query(f"{WORK}select_{contract.name}", select)
        if check is not None:
            check([name.lower() for name in shown.columns])
        by_name = _checked_columns(shown.columns, contract, where)
        kept = {name: shown[given] for name, given in by_name.items()}
        kept |= {name: shown[name] for name in _PLACE_COLUMNS if name in shown.columns}
        table = engine.numbered(shown.select(**kept), ROW_ID, f"{WORK}given_{contract.name}")
    except engine.errors as error:
        problem = engine.problem(error)
        empty = [r for r in relations if not r.columns and mentions(text, r.name)]
        if empty and problem.kind == "column":
            return _no_rows(engine)
        raise _explained(problem, text, where, relations, _mending(engine, where)) from error
    return Given(table, int(table.count().execute()))


def _hold_names_apart(names: Sequence[str], where: str) -> None:
    """Stop where two columns have one name: nobody can tell which is meant."""
    lowered = [name.lower() for name in names]
    repeated = next((name for name in names if lowered.count(name.lower()) > 1), None)
    if repeated is not None:
        raise DataContractError(
            f"two columns have the name {repeated!r} (upper and lower case are the same)",
            where=where,
            next_step="leave one of them out, or give it another name with AS",
        )


def _no_rows(engine: Engine) -> Given:
    """Return no rows: the file behind the SELECT is empty to the last byte, so it has no columns to select."""
    return Given(engine.taken(pa.table({ROW_ID: pa.array([], pa.int64())})), 0)


def _of_spark(text: str, where: str) -> str:
    """Return a SELECT in Spark's own dialect."""
    with contextlib.suppress(dialect.SqlglotError):  # Spark itself says what is wrong
        _hold_inside(confined.outside_in_spark(text), where, ())
    return dialect.only_select(text)


def _hold_inside(outside: str | None, where: str, relations: Sequence[str]) -> None:
    if outside:
        raise DataContractError(
            outside,
            where=where,
            allowed=", ".join(relations) or "relations named under files: in source.yaml",
            next_step="name the file under files: in source.yaml, and select from its relation (docs/connect.md)",
        )


def _translated(text: str, where: str, engine: Engine, relations: Sequence[str]) -> str:
    """Return a SELECT of DuckDB's dialect in that of the engine."""
    try:
        fault = dialect.fault(text)
    except duckdb.Error as error:
        message = str(error).splitlines()[0].removeprefix("Parser Error: ")
        raise DataContractError(message, where=where, next_step="mend the SQL (DuckDB's dialect)") from error
    if fault:
        raise DataContractError(fault, where=where, allowed="one SELECT", next_step="keep one SELECT")
    _hold_inside(confined.outside(text, relations), where, relations)
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
            if len(by_name) == 1 and (sign := _separator_in(name)):
                raise DataContractError(
                    f"table {contract.name} has no column {name!r}: a whole line was read as one",
                    where=where,
                    next_step=_delimiter_step(sign),
                )
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
        columns = [f"{r.name}: {', '.join(map(_spelled, r.columns))}" for r in relations if mentions(text, r.name)]
        allowed, step = "columns of " + "; of ".join(columns), _naming(text, relations)
    elif problem.kind == "table":
        allowed = ", ".join(r.name for r in relations)
        step = "use a relation named under files: in source.yaml"
    elif problem.kind == "value":
        step = (
            "select the value as it is (ingest casts it and quarantines what does not fit), or use try_cast or iso_date"
        )
    return DataContractError(problem.message, where=where, allowed=allowed, next_step=step)


def _naming(text: str, relations: Sequence[Relation]) -> str:
    """Return the next step where a column is not there: its name, or the separator of a file read as one column."""
    for relation in relations:
        if (
            mentions(text, relation.name)
            and len(relation.columns) == 1
            and (sign := _separator_in(relation.columns[0]))
        ):
            return _delimiter_step(sign, relation.name)
    return "mend the name"


def _separator_in(name: str) -> str:
    """Return the sign that parts the names of a line that was read as one column; empty where it is one name."""
    return next((sign for sign in _SEPARATORS if sign in name), "")


def _delimiter_step(sign: str, relation: str = "") -> str:
    of = f"files.{relation}" if relation else "the file"
    return f"set delimiter: {json.dumps(sign)} for {of} in source.yaml"


def _spelled(column: str) -> str:
    return column if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", column) else '"' + column.replace('"', '""') + '"'


def mentions(text: str, relation: str) -> bool:
    """Return whether a SELECT names a relation."""
    return re.search(rf"\b{re.escape(relation)}\b", text, re.IGNORECASE) is not None
