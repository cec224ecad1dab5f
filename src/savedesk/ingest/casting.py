"""From what a SELECT gives to the types of a contract, as DuckDB SQL. Nothing is lost quietly.

A value that is given but cannot be cast breaks the rule ``type:<column>``; blank text counts as not given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from savedesk.contracts.table import Column

ROW_ID = "__row"  # numbers the rows of a SELECT
BREACH = "__breach"  # the type or length rule that a row breaks
_BLANKS = " \t\n\r\v\f\u00a0\u3000\ufeff"
_BLANK_EDGE = f"^[{_BLANKS}]|[{_BLANKS}]$"
SQL_TYPES = {"string": "VARCHAR", "int64": "BIGINT", "float64": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}
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
    # Few values have blanks around them, and trimming all of these characters is the dear part.
    trimmed = f"CASE WHEN regexp_matches({text}, '{_BLANK_EDGE}') THEN trim({text}, {literal(_BLANKS)}) ELSE {text} END"
    return f"nullif({trimmed}, '')"


def _is_typed(given_type: str, wanted: str) -> bool:
    """Return whether the engine can cast the given type by itself, without a detour over text."""
    kind = given_type.partition("(")[0]
    fitting = {
        "int64": kind in _INTEGERS,
        "float64": kind in (*_INTEGERS, "FLOAT", "DOUBLE", "DECIMAL"),
        "boolean": kind == "BOOLEAN",
        "date": kind == "DATE" or kind.startswith("TIMESTAMP"),
    }
    return fitting.get(wanted, False)


def _cast_typed(column: str, wanted: str) -> str:
    if wanted == "date":
        return f"CASE WHEN isfinite({column}) THEN TRY_CAST({column} AS DATE) END"
    return f"TRY_CAST({column} AS {SQL_TYPES[wanted]})"


def _cast_text(text: str, wanted: str) -> str:
    lowered = f"lower({text})"
    day = f"TRY_CAST(regexp_extract({text}, '^{_DAY}') AS DATE)"
    made = {
        "string": text,
        "int64": f"CASE WHEN regexp_full_match({text}, '{_WHOLE_NUMBER}') THEN TRY_CAST({text} AS BIGINT) END",
        "float64": f"CASE WHEN NOT contains({text}, '_') THEN TRY_CAST({text} AS DOUBLE) END",
        "boolean": f"CASE WHEN {lowered} IN {_TRUE} THEN true WHEN {lowered} IN {_FALSE} THEN false END",
        "date": f"CASE WHEN regexp_full_match({text}, '{_DAY}') THEN TRY_CAST({text} AS DATE) "
        f"WHEN regexp_full_match({text}, '{_DAY}{_CLOCK}') THEN {day} END",
    }
    return made[wanted]


def is_plain(given: Mapping[str, str], columns: Sequence[Column]) -> bool:
    """Return whether every column has its type already, so that casting costs next to nothing."""
    return all(given[c.name] == SQL_TYPES[c.dtype] for c in columns if c.name in given and c.dtype != "string")


def casting_select(source: str, given: Mapping[str, str], columns: Sequence[Column], max_text_length: int) -> str:
    """Return a SELECT of the row id, the contract's columns and the type or length rule that the row breaks.

    Args:
        source: table of the rows as given, with the row id.
        given: type of each given column.
        columns: columns of the contract; those that are not given are null, or take ``default_from``.
        max_text_length: characters above which a text breaks ``length:<column>``.
    """
    there = [column for column in columns if column.name in given]
    texts = [f"{_plain_or_text(c, given[c.name])} AS {quoted(c.name)}" for c in there]
    values = [f"{_value(c, given)} AS {quoted('value:' + c.name)}" for c in columns]
    checks = " ".join(_check(c, max_text_length) for c in there)
    breach = f"CASE {checks} END" if checks else "CAST(NULL AS VARCHAR)"
    filled = [f"CAST({_filled(c)} AS {SQL_TYPES[c.dtype]}) AS {quoted(c.name)}" for c in columns]
    step = f"SELECT {', '.join([ROW_ID, *texts])} FROM {source}"  # noqa: S608 - names are quoted
    step = f"SELECT *, {', '.join(values)} FROM ({step})"  # noqa: S608
    return f"SELECT {ROW_ID}, {', '.join(filled)}, {breach} AS {BREACH} FROM ({step})"  # noqa: S608


def _plain_or_text(column: Column, given_type: str) -> str:
    return quoted(column.name) if _is_typed(given_type, column.dtype) else given_text(column.name, given_type)


def _value(column: Column, given: Mapping[str, str]) -> str:
    if column.name not in given:
        return "NULL"
    cast = _cast_typed if _is_typed(given[column.name], column.dtype) else _cast_text
    return cast(quoted(column.name), column.dtype)


def _check(column: Column, max_text_length: int) -> str:
    name = quoted(column.name)
    if column.dtype == "string":
        return f"WHEN length({name}) > {max_text_length} THEN {literal(f'length:{column.name}')}"
    value = quoted("value:" + column.name)
    return f"WHEN {name} IS NOT NULL AND {value} IS NULL THEN {literal(f'type:{column.name}')}"


def _filled(column: Column) -> str:
    """Return the value, or what the contract fills it with; a monthly fact is known on the month's last day."""
    value = quoted("value:" + column.name)
    if not column.default_from:
        return value
    other = quoted("value:" + column.default_from)
    return f"coalesce({value}, {f'last_day({other})' if column.default_from == 'month' else other})"
