"""The SQL of a source reads the relations of its source.yaml, and nothing else of the machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.desk import Desk

from savedesk.errors import DataContractError
from savedesk.stages.ingest.confined import outside, outside_in_spark

REFUSED = {
    "SELECT * FROM read_csv('/etc/passwd')": "reads by the function read_csv()",
    "SELECT * FROM '/etc/passwd'": "reads '/etc/passwd', which is no relation",
    'SELECT * FROM "other.parquet"': "reads 'other.parquet', which is no relation",
    "FROM glob('*')": "reads by the function glob()",
    "SELECT a FROM people WHERE b IN (SELECT content FROM read_text('x'))": "reads by the function read_text()",
    "WITH c AS (SELECT * FROM read_parquet('x')) SELECT * FROM c": "reads by the function read_parquet()",
    "SELECT * FROM query('SELECT 1')": "reads by the function query()",
    "SELECT * FROM query_table('people')": "reads by the function query_table()",
    "SELECT * FROM duckdb_settings()": "reads by the function duckdb_settings()",
    "SELECT * FROM information_schema.tables": "reads 'information_schema.tables', which is no relation",
    "SELECT (SELECT count(*) FROM sniff_csv('x')) AS n FROM people": "reads by the function sniff_csv()",
    "SELECT * FROM people UNION ALL SELECT * FROM parquet_scan('x')": "reads by the function parquet_scan()",
    "SELECT * FROM (DESCRIBE people)": "describes a table instead of selecting from it",
}
ALLOWED = (
    "SELECT * FROM people",
    'SELECT * FROM "PEOPLE" p JOIN people q USING (id)',
    "WITH c AS (SELECT * FROM people) SELECT * FROM c, range(3), generate_series(1, 2) g(x)",
    "SELECT unnest([1, 2]) AS a, x FROM people, LATERAL (SELECT id AS x) l",
    "SELECT * FROM (VALUES (1), (2)) v(a)",
    "SELECT * FROM nobody_knows",  # DuckDB names the relations that there are
    "FROM people UNPIVOT (a FOR b IN (x))",
    'SELECT * FROM "odd name"',
)


@pytest.mark.parametrize("select", REFUSED)
def test_what_reads_anything_else_is_refused(select: str) -> None:
    assert outside(select, ["people", "odd name"]) == REFUSED[select]


@pytest.mark.parametrize("select", ALLOWED)
def test_relations_names_within_and_rows_of_values_are_read(select: str) -> None:
    assert outside(select, ["people", "odd name"]) is None


@pytest.mark.parametrize(
    "select", ["SELECT * FROM csv.`/etc/passwd`", "SELECT * FROM parquet.`x`", "SELECT * FROM a.b"]
)
def test_files_in_the_dialect_of_spark_are_refused(select: str) -> None:
    assert "which is no relation" in str(outside_in_spark(select))
    assert outside_in_spark("SELECT * FROM people p JOIN (SELECT 1 AS x) q") is None


def test_the_stage_refuses_it_with_the_relations_that_there_are(desk: Desk) -> None:
    desk.sql("subscribers", "SELECT content AS subscriber_id FROM read_text('/etc/hostname')")
    with pytest.raises(DataContractError) as caught:
        desk.run()
    assert caught.value.line().endswith(
        "subscribers.sql: reads by the function read_text(); allowed: people; next: name the file under files: in "
        "source.yaml, and select from its relation (docs/connect.md)"
    )


@pytest.mark.parametrize("allowed", [False, True])
def test_a_link_out_of_the_raw_folder_is_read_where_the_source_allows_it(
    desk: Desk, tmp_path: Path, allowed: bool
) -> None:
    there = tmp_path / "elsewhere.csv"
    there.write_text("id\nsomebody\n", encoding="utf-8")
    desk.raw("people.csv", "")
    raw = desk.root / "data" / "raw" / "mine" / "people.csv"
    raw.unlink()
    raw.symlink_to(there)
    desk.sql("subscribers", "SELECT id AS subscriber_id FROM people")
    if allowed:
        desk.source["follow_links"] = True
        assert desk.run().ids() == ["somebody"]
        return
    with pytest.raises(DataContractError, match=f"leads out of the raw folder, to {there}.*follow_links: true"):
        desk.run()
