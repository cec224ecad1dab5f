"""Run the SELECT of a source folder and check its columns against the contract."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from savedesk.contracts.table import Table
from savedesk.errors import DataContractError
from savedesk.ingest.casting import ROW_ID, quoted
from savedesk.ingest.csv_file import FILE, ROW
from savedesk.ingest.raw import Relation

_ENGINE_WORDS = re.compile(
    r"^(Binder|Catalog|Parser|Conversion|Invalid Input|Out of Range|Not implemented) Error: ", re.IGNORECASE
)
_PLACE_COLUMNS = (ROW, FILE)


@dataclass(frozen=True)
class Given:
    """The rows of a SELECT, kept in the engine.

    Args:
        table: where they are.
        types: engine type of each column.
        rows: how many there are.
    """

    table: str
    types: dict[str, str]
    rows: int


def run_select(
    path: Path,
    where: str,
    contract: Table,
    relations: Sequence[Relation],
    con: Any,
    check: Callable[[list[str]], None] | None = None,
) -> Given:
    """Run the one SELECT in a file and keep its rows, numbered, as ``staged.given_<table>``.

    Args:
        path: the SQL file.
        where: how messages name it.
        contract: the table that it should give.
        relations: what it can read.
        con: DuckDB connection.
        check: called with the names of the columns before they are held against the contract.

    Raises:
        DataContractError: not one SELECT, not accepted by the engine, or columns that do not fit the contract.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataContractError(f"not UTF-8: {error.reason}", where=where, next_step="save it as UTF-8") from error
    _check_one_select(text, where)
    table, view = f"staged.given_{contract.name}", f"staged.select_{contract.name}"
    try:
        con.execute(f"CREATE VIEW {view} AS {text}")
        described = con.execute(f"DESCRIBE {view}").fetchall()
        if check is not None:
            check([row[0].lower() for row in described])
        types = _checked_columns({row[0]: row[1] for row in described}, contract, where)
        kept = [*types, *[name for name in _PLACE_COLUMNS if name in {row[0] for row in described}]]
        chosen = ", ".join(quoted(name) for name in kept)
        con.execute(f"CREATE TABLE {table} AS SELECT row_number() OVER () AS {ROW_ID}, {chosen} FROM {view}")  # noqa: S608
    except duckdb.Error as error:
        empty = [r for r in relations if not r.columns and _mentions(text, r.name)]
        if empty and isinstance(error, duckdb.BinderException):
            return _no_rows(table, con)
        raise _explained(error, text, where, relations) from error
    rows = int(con.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - own name
    return Given(table, types, rows)


def _no_rows(table: str, con: Any) -> Given:
    """Return no rows: the file behind the SELECT is empty to the last byte, so it has no columns to select."""
    con.execute(f"CREATE TABLE {table} ({ROW_ID} BIGINT)")
    return Given(table, {}, 0)


def _check_one_select(text: str, where: str) -> None:
    try:
        statements = duckdb.extract_statements(text)
    except duckdb.Error as error:
        raise DataContractError(_first_line(error), where=where, next_step="mend the SQL (DuckDB's dialect)") from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise DataContractError(
            f"holds {len(statements)} statements or no SELECT",
            where=where,
            allowed="one SELECT",
            next_step="keep one SELECT",
        )


def _checked_columns(types: dict[str, str], contract: Table, where: str) -> dict[str, str]:
    """Return the contract's columns among those given; ``_row`` and ``_file`` may come along."""
    by_name = {name.lower(): name for name in types if name not in _PLACE_COLUMNS}
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
    return {name: types[given] for name, given in by_name.items()}


def _explained(error: duckdb.Error, text: str, where: str, relations: Sequence[Relation]) -> DataContractError:
    message = _first_line(error)
    if re.search(r"^Referenced column|does not have a column", message):
        columns = [f"{r.name}: {', '.join(map(_spelled, r.columns))}" for r in relations if _mentions(text, r.name)]
        return DataContractError(
            message, where=where, allowed="columns of " + "; of ".join(columns), next_step="mend the name"
        )
    if isinstance(error, duckdb.CatalogException) and message.startswith("Table with name"):
        names = ", ".join(r.name for r in relations)
        return DataContractError(
            message, where=where, allowed=names, next_step="use a relation named under files: in source.yaml"
        )
    if isinstance(error, duckdb.ConversionException | duckdb.InvalidInputException):
        step = (
            "select the value as it is (ingest casts it and quarantines what does not fit), or use try_cast or iso_date"
        )
        return DataContractError(message, where=where, next_step=step)
    return DataContractError(message, where=where, next_step="mend the SQL (DuckDB's dialect)")


def _spelled(column: str) -> str:
    return column if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", column) else quoted(column)


def _mentions(text: str, relation: str) -> bool:
    return re.search(rf"\b{re.escape(relation)}\b", text, re.IGNORECASE) is not None


def _first_line(error: duckdb.Error) -> str:
    lines = str(error).splitlines() or [type(error).__name__]
    return _ENGINE_WORDS.sub("", lines[0])
