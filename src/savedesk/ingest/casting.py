"""From what a SELECT gives to the types of a contract, as DuckDB SQL. Nothing is lost quietly.

A value that is given but cannot be cast breaks the rule ``type:<column>``; blank text counts as not given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from savedesk.contracts.table import Column

ROW_ID = "__row"  # numbers the rows of a SELECT
BREACH = "__breach"  # the type or length rule that a row breaks
_BLANKS = " \t\n\r\v\f\u00a0\u3000\ufeff"
_INTEGERS = {
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "UHUGEINT",
}
_TRUE, _FALSE = "('true', 't', 'yes', 'y', '1')", "('false', 'f', 'no', 'n', '0')"
_WHOLE_NUMBER = r"[+-]?[0-9]+(\.0*)?"
_DAY = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
_CLOCK = r"[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]*)?)? *(Z|[+-][0-9]{2}(:?[0-9]{2})?)?"
_EXACT_WHOLE = "9007199254740992"  # 2^53: floats hold whole numbers exactly up to here


def quoted(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def given_text(name: str, given_type: str) -> str:
    """Return the value as trimmed text, null where it is blank; whole floats lose their ``.0``."""
    column = quoted(name)
    text = f"CAST({column} AS VARCHAR)"
    if given_type in ("FLOAT", "DOUBLE"):
        whole = f"CAST(CAST({column} AS BIGINT) AS VARCHAR)"
        text = f"CASE WHEN {column} = trunc({column}) AND abs({column}) < {_EXACT_WHOLE} THEN {whole} ELSE {text} END"
    return f"nullif(trim({text}, {literal(_BLANKS)}), '')"


def cast_value(name: str, given_type: str, wanted: str) -> str:
    """Return the value in the wanted type, null where that is impossible."""
    column = quoted(name)
    kind = given_type.partition("(")[0]
    if wanted == "int64" and kind in _INTEGERS:
        return f"TRY_CAST({column} AS BIGINT)"
    if wanted == "float64" and kind in (*_INTEGERS, "FLOAT", "DOUBLE", "DECIMAL"):
        return f"TRY_CAST({column} AS DOUBLE)"
    if wanted == "boolean" and kind == "BOOLEAN":
        return column
    if wanted == "date" and (kind == "DATE" or kind.startswith("TIMESTAMP")):
        return f"CASE WHEN isfinite({column}) THEN TRY_CAST({column} AS DATE) END"
    return _from_text(given_text(name, given_type), wanted)


def _from_text(text: str, wanted: str) -> str:
    lowered = f"lower({text})"
    made = {
        "string": text,
        "int64": f"CASE WHEN regexp_full_match({text}, '{_WHOLE_NUMBER}') THEN TRY_CAST({text} AS BIGINT) END",
        "float64": f"CASE WHEN NOT contains({text}, '_') THEN TRY_CAST({text} AS DOUBLE) END",
        "boolean": f"CASE WHEN {lowered} IN {_TRUE} THEN true WHEN {lowered} IN {_FALSE} THEN false END",
        "date": f"CASE WHEN regexp_full_match({text}, '{_DAY}({_CLOCK})?') THEN TRY_CAST(regexp_extract({text}, '^{_DAY}') AS DATE) END",
    }
    return made[wanted]


def is_plain(given: Mapping[str, str], columns: Sequence[Column]) -> bool:
    """Return whether every column has its type already, so that casting costs next to nothing."""
    wanted = {"int64": "BIGINT", "float64": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}
    return all(given[c.name] == wanted.get(c.dtype) for c in columns if c.name in given and c.dtype != "string")


def casting_select(source: str, given: Mapping[str, str], columns: Sequence[Column], max_text_length: int) -> str:
    """Return a SELECT of the row id, the contract's columns and the type or length rule that the row breaks.

    Args:
        source: table of the rows as given, with the row id.
        given: type of each given column.
        columns: columns of the contract; those that are not given are null, or take ``default_from``.
        max_text_length: characters above which a text breaks ``length:<column>``.
    """
    values = [
        f"{cast_value(c.name, given[c.name], c.dtype) if c.name in given else 'NULL'} AS {quoted(c.name)}"
        for c in columns
    ]
    checks = [check for c in columns if c.name in given for check in _checks(c, given[c.name], max_text_length)]
    breach = f"CASE {' '.join(checks)} END" if checks else "CAST(NULL AS VARCHAR)"
    inner = f"SELECT {ROW_ID}, {', '.join(values)}, {breach} AS {BREACH} FROM {source}"  # noqa: S608 - names are quoted
    filled = [f"CAST({_filled(c)} AS {_SQL_TYPES[c.dtype]}) AS {quoted(c.name)}" for c in columns]
    return f"SELECT {ROW_ID}, {', '.join(filled)}, {BREACH} FROM ({inner})"  # noqa: S608


_SQL_TYPES = {"string": "VARCHAR", "int64": "BIGINT", "float64": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}


def _checks(column: Column, given_type: str, max_text_length: int) -> list[str]:
    value = cast_value(column.name, given_type, column.dtype)
    if column.dtype == "string":
        return [f"WHEN length({value}) > {max_text_length} THEN {literal(f'length:{column.name}')}"]
    there = f"{given_text(column.name, given_type)} IS NOT NULL"
    return [f"WHEN {there} AND ({value}) IS NULL THEN {literal(f'type:{column.name}')}"]


def _filled(column: Column) -> str:
    """Return the value, or what the contract fills it with; a monthly fact is known on the month's last day."""
    name = quoted(column.name)
    if not column.default_from:
        return name
    other = quoted(column.default_from)
    return f"coalesce({name}, {f'last_day({other})' if column.default_from == 'month' else other})"
