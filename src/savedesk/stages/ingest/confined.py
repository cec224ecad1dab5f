"""What a SELECT of a source folder may read: the relations of source.yaml, and nothing else of this machine.

DuckDB reads any file that its user may read, by functions (``read_csv``, ``glob``) and by names ('file.csv'). So its
own parser says what a SELECT reads before it runs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel

ROWS_OF_VALUES = frozenset({"range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree"})
_PLAIN = re.compile(r"\w+")
_PARSED = "SELECT json_serialize_sql(?::VARCHAR)"


def outside(text: str, relations: Iterable[str]) -> str | None:
    """Return what a SELECT in DuckDB's dialect reads beside its relations, in words; None if it reads nothing else.

    A plain name that is no relation is left to DuckDB, which names those that there are.

    Args:
        text: one SELECT.
        relations: names under ``files:`` in source.yaml.
    """
    with duckdb.connect() as parser:
        (parsed,) = parser.execute(_PARSED, [text]).fetchone() or ("{}",)
    tree, known = json.loads(parsed), {name.lower() for name in relations}
    if tree.get("error", True):  # what cannot be looked through may read anything
        return f"cannot be looked through: {tree.get('error_message', 'not one SELECT')}"
    for node in _nodes(tree):
        kind = node.get("type")
        if kind == "TABLE_FUNCTION":
            name = str((node.get("function") or {}).get("function_name", "")).lower()
            if name not in ROWS_OF_VALUES:
                return f"reads by the function {name}()"
        elif kind == "BASE_TABLE":
            parts = [str(node.get(part) or "") for part in ("catalog_name", "schema_name", "table_name")]
            plain = _PLAIN.fullmatch(parts[-1]) is not None and not any(parts[:-1])
            if not plain and parts[-1].lower() not in known:
                return f"reads {'.'.join(filter(None, parts))!r}, which is no relation"
        elif kind == "SHOW_REF":
            return "describes a table instead of selecting from it"
    return None


def outside_in_spark(text: str) -> str | None:
    """Return what a SELECT in Spark's dialect reads beside tables of plain names, such as csv.`/a/file`."""
    tree = sqlglot.parse_one(text, read="spark", error_level=ErrorLevel.RAISE)
    for table in tree.find_all(exp.Table):
        if table.db or table.catalog or not _PLAIN.fullmatch(table.name or "x"):
            return f"reads {table.sql(dialect='spark')!r}, which is no relation"
    return None


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Yield all nodes of a parsed statement."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
