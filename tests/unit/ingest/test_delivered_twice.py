"""A file that was delivered twice under two names counts once, or not at all: never twice."""

from __future__ import annotations

import gzip

import pytest

from savedesk.errors import DataContractError

USAGE = "subscriber_id,month,voice_min\na,2024-01-01,5\nb,2024-01-01,7\n"
SUMS = "SELECT subscriber_id, month, sum(voice_min::DOUBLE) AS voice_min FROM cdr GROUP BY ALL"


@pytest.fixture
def cdr(desk):
    """Return a function that puts files into a folder and runs ingest with their sums."""

    def run(files: dict[str, str | bytes], path: str = "u/*.csv", sql: str = SUMS, **declared):
        for name, content in files.items():
            place = desk.root / "data" / "raw" / "mine" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content if isinstance(content, bytes) else content.encode())
        desk.source["files"]["cdr"] = {"path": path, **declared}
        desk.sql("usage", sql)
        return desk.run()

    return run


def voice(outcome) -> dict[str, float]:
    return {row["subscriber_id"]: row["voice_min"] for row in outcome.tables["usage"]}


def test_the_same_bytes_under_two_names_stop_the_stage_which_names_both(cdr) -> None:
    with pytest.raises(DataContractError, match="count twice") as stopped:
        cdr({"u/usage_2025.csv": USAGE, "u/usage_2025 (1).csv": USAGE})
    assert "'u/usage_2025 (1).csv' and 'u/usage_2025.csv'" in str(stopped.value)
    assert "repeated: true" in str(stopped.value)


def test_files_of_one_size_that_differ_are_both_read(cdr) -> None:
    assert voice(cdr({"u/1.csv": USAGE, "u/2.csv": USAGE.replace(",5", ",6")})) == {"a": 11.0, "b": 14.0}


def test_files_that_are_meant_to_be_the_same_are_declared(cdr) -> None:
    assert voice(cdr({"u/1.csv": USAGE, "u/2.csv": USAGE}, repeated=True)) == {"a": 10.0, "b": 14.0}


def test_files_without_a_row_may_be_the_same(cdr) -> None:
    empty = "subscriber_id,month,voice_min\n"
    assert voice(cdr({"u/1.csv": empty, "u/2.csv": empty, "u/3.csv": USAGE})) == {"a": 5.0, "b": 7.0}


def test_a_packed_file_has_rows_too(cdr) -> None:
    packed = gzip.compress(USAGE.encode())
    with pytest.raises(DataContractError, match="count twice"):
        cdr({"u/1.csv.gz": packed, "u/2.csv.gz": packed}, "u/*.csv.gz")


def test_folders_that_say_two_months_tell_the_same_bytes_apart(cdr) -> None:
    text = "subscriber_id,voice_min\na,5\n"
    files = {f"u/month=2024-0{month}/part.csv": text for month in (1, 2)}
    outcome = cdr(files, "u/**/*.csv", "SELECT subscriber_id, month || '-01' AS month, voice_min FROM cdr")
    assert sorted((str(row["month"]), row["voice_min"]) for row in outcome.tables["usage"]) == [
        ("2024-01-01", 5.0),
        ("2024-02-01", 5.0),
    ]
