"""What stage ingest makes on Spark is what it makes on DuckDB."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from contextlib import nullcontext
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.desk import DUCKDB, SIMULATOR, STRICT, Desk, Outcome, run_stage
from tests.project import ROOT

from savedesk.errors import DataContractError

pytestmark = pytest.mark.xdist_group("spark")  # one session, in one process
USAGE = "subscriber_id,month,voice_min\n"
NUMBERS = ["7", "+8", "9.0", "10.", "7.5", "1e1", "0x7", "99999999999999999999", "", " 3 ", "７", "--7", "7d"]
FLOATS = [
    "1.5",
    ".5",
    "5.",
    "+2e1",
    "1e999",
    "inf",
    "-Infinity",
    "NaN",
    "1.5f",
    "1d",
    "0x1p3",
    "1_000",
    "1,5",
    "f",
    " 2\t",
]
DAYS = [
    "2025-1-5",
    "2025-02-30",
    "2025-13-01",
    "2025-01-05 10:00",
    "2025-01-05T10:00:00.5+08:00",
    "5.1.2025",
    "20250105",
]
KINDS = {
    "before_activation",
    *("type", "length", "required", "range", "future", "identity", "copy", "unique", "reference"),
    "unreadable",
}
WORDS = ["Yes", "f", "1", "perhaps", "", "TRUE "]
IDS = [
    "=1+1",
    "1" + "0" * 30,
    "00042",
    "王小明",
    "'; DROP TABLE x; --",
    'a"b',
    "\\N",
    "NULL",
    "🙂",
    "-0.0",
    "f",
    "v",
    "d\\v",
]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.delenv("SAVEDESK_RAW", raising=False)
    return Desk(tmp_path)


def alike(on_duckdb: Outcome, on_spark: Outcome) -> None:
    assert on_spark.metrics == on_duckdb.metrics
    assert on_spark.facts == on_duckdb.facts
    for name, rows in on_duckdb.tables.items():
        assert comparable(on_spark.tables[name]) == comparable(rows), name


def comparable(rows: list[dict[str, Any]]) -> list[str]:
    """Return rows in an order of their own. JSON is read; Spark writes NaN for DuckDB's nan."""
    read = [row | {"row": json.loads(row["row"].replace('"NaN"', '"nan"'))} if "row" in row else row for row in rows]
    return sorted(map(repr, read))


def csv(*columns: str, rows: list[tuple[object, ...]]) -> str:
    cells = [",".join('"' + str(cell).replace('"', '""') + '"' for cell in row) for row in rows]
    return "\n".join([",".join(columns), *cells]) + "\n"


def test_a_csv_source_with_bad_rows_of_each_kind(desk: Desk, spark) -> None:
    desk.raw(
        "people.csv",
        "id,payer,ok,since\n"
        + csv(rows=[(who, " ", WORDS[n % 6], DAYS[n % 7]) for n, who in enumerate(IDS)]).lstrip("\n"),
    )
    desk.sql(
        "subscribers",
        "SELECT id AS subscriber_id, payer AS account_id, ok AS contact_allowed, since AS activated_on FROM people;",
    )
    months = [f"{2020 + n // 12}-{n % 12 + 1:02d}-01" for n in range(len(FLOATS))]
    usage = [("王小明", month, given) for month, given in zip(months, FLOATS, strict=True)]
    usage += [("王小明", month, 1) for month in ["", "2024-01-02", "infinity", "1066-01-01", "2026-02-01"]]
    usage += [("stranger", "2024-01-01", 1), ("", "2024-01-01", 1), ("\u3000f\u00a0", "2024-01-01", -1)]
    usage += [("f", "2024-02-01", 1), ("f", "2024-02-01", "1.0"), ("v", "2024-02-01", 1), ("v", "2024-02-01", 2)]
    desk.facts("usage", csv("subscriber_id", "month", "voice_min", rows=usage) + "only one field\n")
    surveys = [("f", f"2025-05-{n + 1:02d}", "store" if n else "x" * 101, given) for n, given in enumerate(NUMBERS)]
    desk.facts("surveys", csv("subscriber_id", "surveyed_on", "process", "score", rows=surveys))
    desk.facts("complaints", "")
    desk.sql("complaints", "SELECT ticket AS ticket_id, who AS subscriber_id FROM complaints_raw")
    on_duckdb = desk.run()
    rules = {row["rule"].partition(":")[0] for row in on_duckdb.tables["quarantine"]}
    assert rules == KINDS
    alike(on_duckdb, desk.run(lambda: nullcontext(spark)))
    assert not list((desk.root / "data").glob(".ingest-*")), "the scratch folder is gone"


def test_a_parquet_source_that_is_typed(desk: Desk, spark, tmp_path: Path) -> None:
    days = [dt.datetime(2020, 1, 5, 12), None, dt.datetime(2021, 2, 3)]  # noqa: DTZ001 - as operators export them
    people = {
        "id": pa.array([1, 10**15, None], pa.float64()),
        "born": pa.array([1980, 1990, None], pa.int32()),
        "since": pa.array(days, pa.timestamp("us")),
        "ok": [True, None, False],
    }
    use = {
        "subscriber_id": ["1", "1", "1", "2"],
        "month": pa.array([dt.date(2025, 1, 1), dt.date(2025, 2, 1), dt.date(2025, 2, 1), dt.date(2025, 1, 1)]),
        "voice_min": pa.array([1.5, float("nan"), 1.0, 2.0]),
        "data_mb": pa.array([Decimal("1.25"), None, Decimal("3.00"), Decimal("4.00")], pa.decimal128(9, 2)),
        "calls": pa.array([1, 2, None, 4], pa.int64()),
    }
    for name, columns in {"people": people, "usage_raw": use}.items():
        pq.write_table(pa.table(columns), tmp_path / "made.parquet")
        desk.raw(f"{name}.parquet", (tmp_path / "made.parquet").read_bytes())
    del desk.source["files"]["people"]
    desk.raw("people.parquet", (desk.root / "data/raw/mine/people.parquet").read_bytes())
    desk.sql(
        "subscribers",
        "SELECT id AS subscriber_id, born AS birth_year, since AS activated_on, ok AS contact_allowed FROM people",
    )
    desk.sql("usage", "SELECT * FROM usage_raw")
    on_duckdb = desk.run()
    assert on_duckdb.ids() == ["1", "1000000000000000"]
    assert on_duckdb.rules("usage") == ["reference:subscriber_id", *["unique:subscriber_id,month"] * 2]
    alike(on_duckdb, desk.run(lambda: nullcontext(spark)))


def test_the_simulated_operator(spark) -> None:
    few = SIMULATOR.model_copy(update={"subscribers": 300})
    on_duckdb = run_stage(ROOT, "simulated", STRICT, few)
    assert on_duckdb.tables["truth"]
    alike(on_duckdb, run_stage(ROOT, "simulated", STRICT, few, lambda: nullcontext(spark)))


@pytest.mark.parametrize("name", ["ibm_telco", "iranian_churn", "mlc_churn", "megaline"])
def test_a_shipped_source(name: str, spark, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Path(os.environ.get("SAVEDESK_PUBLIC_DATA", ROOT.parent / "shared" / "data"))
    if not (place / name).is_dir():
        pytest.skip(f"no {name} in {place}; set SAVEDESK_PUBLIC_DATA to the folder that holds it")
    monkeypatch.setenv("SAVEDESK_RAW", str(place))
    alike(run_stage(ROOT, name, STRICT), run_stage(ROOT, name, STRICT, opened=lambda: nullcontext(spark)))


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT nope FROM usage_raw", ["nope", "allowed: columns of usage_raw: subscriber_id, month, voice_min"]),
        ("SELECT * FROM usage_row", ["usage_row", "allowed: people, usage_raw"]),
        ("SELECT * FROM __given_subscribers JOIN truth USING (subscriber_id)", ["truth"]),
        ("SELECT *, voice_min::DOUBLE * 2 AS calls FROM usage_raw", ["'many'", "try_cast or iso_date"]),
        ("SELECT *, strptime(month, '%d') AS known_on FROM usage_raw", ["2025-01-01", "iso_date"]),
        ("SELECT *, md5_number(month) AS calls FROM usage_raw", ["md5_number", "write usage.spark.sql beside it"]),
        ("SELECT 1; SELECT 2", ["one SELECT"]),
        ("DROP TABLE people", ["one SELECT"]),
        ("SELEC 1", ["syntax error"]),
    ],
)  # fmt: skip
def test_a_mistake_in_the_sql_is_one_line(desk: Desk, spark, capfd, sql: str, says: list[str]) -> None:
    desk.facts("usage", USAGE + "a,2025-01-01,many\n")
    desk.sql("usage", sql)
    with pytest.raises(DataContractError) as caught:
        desk.run(lambda: nullcontext(spark))
    line = caught.value.line()
    assert line.startswith("data/sources/mine/usage.sql: ")
    assert all(part in line for part in says), line
    assert "SQLSTATE" not in line
    assert "Traceback" not in capfd.readouterr().err


def test_sql_in_the_dialect_of_spark_wins(desk: Desk, spark) -> None:
    desk.facts("usage", USAGE + "a,03.2025,1\n")
    desk.sql("usage", "SELECT 'nobody' AS subscriber_id, DATE '2025-01-01' AS month")
    desk.sql("usage.spark", "SELECT * REPLACE (x) FROM y; -- no")
    with pytest.raises(DataContractError, match=r"usage\.spark\.sql: .*mend the SQL \(Spark's dialect\)"):
        desk.run(lambda: nullcontext(spark))
    own = "SELECT subscriber_id, iso_date(concat('01.', month), '%d.%m.%Y') AS month, extracted_on() AS known_on"
    desk.sql("usage.spark", f"{own} FROM usage_raw LATERAL VIEW explode(array(1)) AS one -- one\n;\n")
    (row,) = desk.run(lambda: nullcontext(spark)).tables["usage"]
    assert (row["subscriber_id"], row["month"], row["known_on"]) == ("a", dt.date(2025, 3, 1), dt.date(2026, 1, 31))
    assert desk.run().metrics["usage_quarantined"] == 1, "DuckDB reads usage.sql"


@pytest.mark.parametrize(
    ("text", "format_", "day"),
    [
        ("27/12/2018", "%d/%m/%Y", "2018-12-27"),
        ("7/2/2018", "%d/%m/%Y", "2018-02-07"),
        ("12/27/2018", "%d/%m/%Y", "12/27/2018"),
        ("20180207", "%Y%m%d", "2018-02-07"),
        ("07022018T1530", "%d%m%YT%H%M", "2018-02-07"),
        ("Feb 7, 2018", "%b %d, %Y", "2018-02-07"),
        ("7-February-18", "%-d-%B-%y", "2018-02-07"),
        ("2018-02-07 11:59:01 PM", "%Y-%m-%d %I:%M:%S %p", "2018-02-07"),
        ("day 07 of 02, 2018", "day %d of %m, %Y", "2018-02-07"),
        ("x", "%d/%m/%Y", "x"),
        ("", "%d/%m/%Y", ""),
    ],
)
def test_dates_of_another_format(spark, text: str, format_: str, day: str) -> None:
    from savedesk.stages.ingest.dialect import functions  # noqa: PLC0415

    select = f"SELECT iso_date('{text}', '{format_}') AS day"
    with DUCKDB() as duckdb:
        for engine in (duckdb, spark):
            for statement in functions(engine.name, dt.date(2025, 1, 1), None):
                engine.define(statement)
            assert engine.query("made", select).to_pyarrow().to_pylist() == [{"day": day}]


def test_too_many_bad_rows_stay_to_be_looked_at(desk: Desk, spark) -> None:
    desk.facts("usage", USAGE + 'a,2025-01-01,"x ""y"", z"\nb,2025-01-01,1\nc,2025-01-01,-7\n')
    messages, files = [], []
    for opened in (DUCKDB, lambda: nullcontext(spark)):
        with pytest.raises(DataContractError) as caught:
            desk.run(opened, max_quarantined_share=0.3)
        messages.append(caught.value.line())
        files.append((desk.root / "data/quarantine/usage.csv").read_text(encoding="utf-8"))
    assert messages[0] == messages[1]
    assert files[0] == files[1]
    assert [path.name for path in (desk.root / "data/quarantine").iterdir()] == ["usage.csv"]


def test_no_other_table_can_be_made_from_the_truth(desk: Desk, spark, monkeypatch: pytest.MonkeyPatch) -> None:
    def simulate(_params: object, folder: Path, _workers: int) -> Any:
        for name in ("subscribers", "truth"):
            (folder / name).mkdir()
            pq.write_table(pa.table({"subscriber_id": ["a"], "cause": ["drift"]}), folder / name / "0.parquet")
            yield {name: 1}

    monkeypatch.setitem(sys.modules, "savedesk.simulator", SimpleNamespace(simulate=simulate, parts=lambda _: 2))
    desk.source |= {"kind": "simulated", "files": {}}
    del desk.source["extracted_on"]
    desk.sql("subscribers", "SELECT subscriber_id FROM subscribers")
    desk.sql("truth", "SELECT * FROM truth")
    desk.sql("attributes", "SELECT subscriber_id, cause AS secret FROM truth")
    desk.source["attributes"] = {"secret": {"dtype": "string", "family": "attributes", "meaning": "secret"}}
    with pytest.raises(DataContractError, match=r"attributes\.sql"):
        desk.run(lambda: nullcontext(spark))
