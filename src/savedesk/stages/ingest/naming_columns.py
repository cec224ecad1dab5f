"""Which columns of raw tables the SELECTs take for ids and names: texts, even where they look like numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from savedesk.schemas.table import Table

_DECIDES = (exp.Case, exp.If, exp.Predicate, exp.Count, exp.Sum, exp.Avg)  # what is below them is not shown itself


def naming_columns(statements: Mapping[str, str], contracts: Mapping[str, Table]) -> frozenset[str]:
    """Return the columns, in small letters, that become texts of canonical tables, or by which rows are joined.

    Args:
        statements: SELECTs by the name of the canonical table.
        contracts: canonical tables by name.
    """
    columns: set[str] = set()
    for name, text in statements.items():
        if name not in contracts:
            continue
        texts = {column.name for column in contracts[name].columns if column.dtype == "string"}
        try:
            tree: Any = sqlglot.parse_one(text, read="duckdb")
        except SqlglotError:  # the engine says what is wrong with it; until then its names are those of the contract
            columns |= texts
            continue
        columns |= set(_in_select(tree, texts)) | set(_in_joins(tree))
    return frozenset(columns)


def _in_select(tree: Any, texts: set[str]) -> Iterator[str]:
    for select in tree.find_all(exp.Select):
        for expression in select.expressions:
            if expression.find(exp.Star):
                yield from texts
            if expression.alias_or_name.lower() in texts:
                yield from (
                    column.name.lower()
                    for column in expression.find_all(exp.Column)
                    if not _decides(column, expression)
                )


def _decides(column: Any, within: Any) -> bool:
    parent = column.parent
    while parent is not None and parent is not within.parent:
        if isinstance(parent, _DECIDES):
            return True
        parent = parent.parent
    return False


def _in_joins(tree: Any) -> Iterator[str]:
    for join in tree.find_all(exp.Join):
        yield from (identifier.name.lower() for identifier in join.args.get("using") or [])
        if join.args.get("on") is not None:
            yield from (column.name.lower() for column in join.args["on"].find_all(exp.Column))
