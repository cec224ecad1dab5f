"""The SQL of a source folder is DuckDB's. Here is what it finds beside that, and how Spark comes to run it."""

from __future__ import annotations

import datetime as dt
import functools

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from savedesk.stages.ingest.cells import DAY, FIRST_SERIAL, GREENWICH, MIDNIGHT, OFFSET

# strftime's signs as Spark's letters. %% marks a number that has another number right beside it: its width is fixed.
_LETTERS = {
    "%%d": "dd",
    "%d": "d",
    "%%m": "MM",
    "%m": "M",
    "%Y": "yyyy",
    "%y": "yy",
    "%b": "MMM",
    "%B": "MMMM",
    "%%H": "HH",
    "%H": "H",
    "%%I": "hh",
    "%I": "h",
    "%p": "a",
    "%%M": "mm",
    "%M": "m",
    "%%S": "ss",
    "%S": "s",
    "%f": "SSSSSS",
    "%%j": "DDD",
    "%j": "D",
}


def _spark_format() -> str:
    """Return Spark SQL that turns a format of strftime into one of Spark's."""
    bare = r"regexp_replace(format, r'%-', '%')"
    quoted = rf"""regexp_replace({bare}, r'(?<!%)[A-Za-z]+', "'$0'")"""
    marked = rf"regexp_replace({quoted}, r'%([dmHIMSj])(?=%)|(?<=%[A-Za-z])%([dmHIMSj])', '%%$1$2')"
    return functools.reduce(lambda sql, pair: f"replace({sql}, '{pair[0]}', '{pair[1]}')", _LETTERS.items(), marked)


def functions(engine: str, latest: dt.date, as_of: dt.date | None, zone: str | None = None) -> list[str]:
    """Return statements that give the SQL ``extracted_on()``, a snapshot's ``as_of()`` and ``iso_date(text, format)``.

    Besides ``local_day(text)``, for casting: the day in the operator's time zone of a moment with an offset. Without a
    zone it is the day that is written, and none where that is a time of Greenwich other than midnight. And
    ``serial_day(text)``, the day that a spreadsheet counts so.

    On Spark also those functions of DuckDB's that Spark lacks and sqlglot does not translate.
    """
    days = {"extracted_on": latest} | ({} if as_of is None else {"as_of": as_of})
    # A date that is not of the format stays as it is, so that it is turned away as what was given.
    if engine == "duckdb":
        iso = "coalesce(strftime(try_strptime(given, format), '%Y-%m-%d'), given)"
        definitions = [f"{name}() AS DATE '{day}'" for name, day in days.items()]
        definitions += [f"iso_date(given, format) AS {iso}", f"local_day(given) AS {_local_day(engine, zone)}"]
        definitions += [
            f"serial_day(given) AS DATE '{FIRST_SERIAL}' + CAST(floor(try_cast(given AS DOUBLE)) AS INTEGER)"
        ]
        return [f"CREATE OR REPLACE MACRO {definition}" for definition in definitions]
    serial = f"date_add(DATE '{FIRST_SERIAL}', CAST(floor(try_cast(given AS DOUBLE)) AS INT))"
    text, pattern = "(given STRING, format STRING)", _spark_format()
    iso = f"coalesce(date_format(try_to_timestamp(given, {pattern}), 'yyyy-MM-dd'), given)"
    definitions = [f"{name}() RETURNS DATE RETURN DATE '{day}'" for name, day in days.items()]
    definitions += [
        f"iso_date{text} RETURNS STRING RETURN {iso}",
        f"local_day(given STRING) RETURNS DATE RETURN {_local_day(engine, zone)}",
        f"serial_day(given STRING) RETURNS DATE RETURN {serial}",
        f"strptime{text} RETURNS TIMESTAMP RETURN to_timestamp(given, {pattern})",
        f"try_strptime{text} RETURNS TIMESTAMP RETURN try_to_timestamp(given, {pattern})",
        "to_years(number INT) RETURNS INTERVAL YEAR TO MONTH RETURN make_ym_interval(number, 0)",
        "to_months(number INT) RETURNS INTERVAL YEAR TO MONTH RETURN make_ym_interval(0, number)",
        "to_weeks(number INT) RETURNS INTERVAL DAY TO SECOND RETURN make_dt_interval(7 * number)",
        "to_days(number INT) RETURNS INTERVAL DAY TO SECOND RETURN make_dt_interval(number)",
    ]
    return [f"CREATE OR REPLACE TEMPORARY FUNCTION {definition}" for definition in definitions]


def no_serial_days(engine: str) -> str:
    """Return a statement after which no number is taken for a day: some workbook counts its days from 1904."""
    if engine == "duckdb":
        return "CREATE OR REPLACE MACRO serial_day(given) AS CAST(NULL AS DATE)"
    return "CREATE OR REPLACE TEMPORARY FUNCTION serial_day(given STRING) RETURNS DATE RETURN CAST(NULL AS DATE)"


def _local_day(engine: str, zone: str | None) -> str:
    if zone and engine == "duckdb":
        return f"CAST(timezone('{zone}', try_cast(given AS TIMESTAMP WITH TIME ZONE)) AS DATE)"
    if zone:
        return f"to_date(from_utc_timestamp(try_cast(given AS TIMESTAMP), '{zone}'))"
    search, raw = ("regexp_matches", "") if engine == "duckdb" else ("regexp", "r")
    greenwich, midnight = (f"{search}(given, {raw}'{pattern}$')" for pattern in (GREENWICH, MIDNIGHT + OFFSET))
    written = f"try_cast(regexp_extract(given, {raw}'^{DAY}', 0) AS DATE)"
    return f"CASE WHEN {greenwich} AND NOT {midnight} THEN NULL ELSE {written} END"


def fault(text: str) -> str | None:
    """Return what keeps a text from being one SELECT in DuckDB's dialect, or None. An error of DuckDB's is raised."""
    statements = duckdb.extract_statements(text)
    if len(statements) == 1 and statements[0].type == duckdb.StatementType.SELECT:
        return None
    return f"holds {len(statements)} statements or no SELECT"


def in_spark(text: str) -> str:
    """Translate a SELECT from DuckDB's dialect into Spark's.

    Raises:
        SqlglotError: part of it is not understood, or has no like in Spark.
    """
    tree = sqlglot.parse_one(text, read="duckdb", error_level=ErrorLevel.RAISE)
    return tree.transform(_as_spark_wants).sql(
        dialect="spark", unsupported_level=ErrorLevel.RAISE, comments=False, normalize_functions=False
    )


def _as_spark_wants(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.StrToTime):  # sqlglot's own format takes no numbers without a sign between them
        return exp.Anonymous(this="strptime", expressions=[node.this, node.args["format"]])
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Explode):  # Spark makes rows outside of all else
        kind = exp.DataType(this=exp.DataType.Type.ARRAY, expressions=[node.to], nested=True)
        return exp.Explode(this=exp.Cast(this=node.this.this, to=kind))
    return node


def only_select(text: str) -> str:
    """Return a text of Spark's own dialect so that it can be nothing but one SELECT: Spark refuses all else."""
    return f"SELECT * FROM (\n{text.rstrip().removesuffix(';')}\n)"  # noqa: S608 - the operator's own SQL


__all__ = ["SqlglotError", "fault", "functions", "in_spark", "only_select"]
