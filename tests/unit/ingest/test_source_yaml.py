"""What source.yaml may say, and what a mistake in it is answered with."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from tests.project import shipped_simulator

from savedesk.errors import DataContractError, MissingInputError, ParamsError
from savedesk.params.simulator import SimulatorParams
from savedesk.schemas.truth import ACTIONS
from savedesk.stages.ingest.source import Source, load_source

ROOT = Path(__file__).parents[3]
SIMULATOR = SimulatorParams.model_validate(shipped_simulator())
BASE = {
    "title": "x",
    "kind": "dated",
    "origin": "x",
    "licence": "x",
    "currency": "x",
    "files": {"a": {"path": "a.csv"}},
}
AGE: dict[str, Any] = {"dtype": "int64", "family": "attributes", "meaning": "age"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"titel": "x"}, "did you mean 'title'?"),
        ({"kind": "data"}, "'simulated', 'dated' or 'snapshot'"),
        ({"kind": "snapshot"}, "a snapshot needs as_of"),
        ({"kind": "snapshot", "as_of": "2025-01-15"}, "a snapshot needs as_of"),
        ({"as_of": "2025-01-01"}, "as_of is for kind: snapshot only"),
        ({"extracted_on": "01.11.2025"}, "extracted_on: no date: '01.11.2025'; allowed: YYYY-MM-DD"),
        ({"files": {}}, "files is empty"),
        ({"files": {"a b": {"path": "a.csv"}}}, "files.a b"),
        ({"files": {"a": {"path": "a.csv"}, "A": {"path": "b.csv"}}}, "differ in case only"),
        ({"files": {"a": {"path": "/etc/passwd"}}}, "below the raw folder"),
        ({"files": {"a": {"path": "../a.csv"}}}, "below the raw folder"),
        ({"files": {"a": {"path": "a.json"}}}, "csv, parquet or xlsx"),
        ({"files": {"a": {"path": "a.csv", "delimeter": ";"}}}, "did you mean 'delimiter'?"),
        ({"files": {"a": {"path": "a.csv", "encoding": "klingon"}}}, "no encoding 'klingon'"),
        ({"files": {"a": {"path": "a.csv", "delimiter": "||"}}}, "files.a.delimiter"),
        ({"files": {"a": {"path": "*.csv", "sha256": "0" * 64}}}, "one file, not a pattern"),
        ({"attributes": {"age": {**AGE, "family": "usages"}}}, "did you mean 'usage'?"),
        ({"attributes": {"age": {**AGE, "dtype": "date"}}}, "attributes.age.dtype"),
        ({"attributes": {"Age": AGE}}, "attributes.Age"),
        ({"attributes": {"subscriber_id": AGE}}, "key of attributes"),
        ({"attributes": {"age": {**AGE, "reason": "price"}}}, "belong together"),
        (
            {"attributes": {"age": {**AGE, "reason": "prize", "sentence_en": "x", "sentence_zh": "x"}}},
            "did you mean 'price'?",
        ),
        (
            {"attributes": {"age": {**AGE, "reason": "price", "sentence_en": "{age}", "sentence_zh": "x"}}},
            "no other braces",
        ),
        ({"attributes": {"age": AGE}}, "without attributes.sql"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_exit_code_2(desk, change: dict[str, Any], says: str) -> None:
    desk.source |= change
    with pytest.raises(ParamsError) as caught:
        desk.run()
    assert says in caught.value.line()
    assert "data/sources/mine/source.yaml" in caught.value.line()
    assert caught.value.exit_code == 2


def test_no_source_yaml_is_a_missing_input(desk) -> None:
    with pytest.raises(MissingInputError, match=r"source\.yaml"):
        load_source(desk.folder)


def test_a_mistyped_key_is_told_rather_than_the_one_that_is_missing_for_it(desk) -> None:
    given = {("curency" if key == "currency" else key): value for key, value in BASE.items()}
    (desk.folder / "source.yaml").write_text(yaml.safe_dump(given), encoding="utf-8")
    with pytest.raises(ParamsError, match=r"curency: unknown key; .* did you mean 'currency'\?"):
        load_source(desk.folder)


@pytest.mark.parametrize("text", ["", "- a\n", "title: [\n", "title: \x00\n"])
def test_what_is_no_mapping_is_refused(desk, text: str) -> None:
    (desk.folder / "source.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ParamsError, match=r"source\.yaml"):
        load_source(desk.folder)


@pytest.mark.parametrize(
    ("months", "expected"),
    [(3, dt.date(2024, 4, 1)), (12, dt.date(2025, 1, 1)), (24, dt.date(2026, 1, 1)), (35, dt.date(2026, 12, 1))],
)
def test_simulated_data_end_with_the_month_after_the_last(months: int, expected: dt.date) -> None:
    source = Source.model_validate({**BASE, "kind": "simulated", "files": {}})
    simulator = SIMULATOR.model_copy(update={"months": months, "first_month": dt.date(2024, 1, 1)})
    assert source.latest(simulator, dt.date(2030, 1, 1)) == expected


def test_other_data_end_when_they_were_extracted() -> None:
    today = dt.date(2030, 5, 5)
    assert Source.model_validate(BASE).latest(None, today) == today
    assert Source.model_validate({**BASE, "extracted_on": "2025-02-03"}).latest(None, today) == dt.date(2025, 2, 3)
    snapshot = Source.model_validate({**BASE, "kind": "snapshot", "as_of": "2025-02-01"})
    assert snapshot.latest(None, today) == dt.date(2025, 2, 1)


def test_attributes_are_typed_and_described(desk) -> None:
    desk.raw("people.csv", "id,age,vip,spend,note\na,40,yes,1.5,x\nb,,,,\n")
    desk.sql("attributes", "SELECT id AS subscriber_id, age, vip, spend, note FROM people")
    desk.source["attributes"] = {
        "age": AGE,
        "vip": {**AGE, "dtype": "boolean"},
        "spend": {
            **AGE,
            "dtype": "float64",
            "reason": "price",
            "sentence_en": "{value} spent",
            "sentence_zh": "消费{value}",
            "speaks_from": 1,
        },
        "note": {**AGE, "dtype": "string"},
    }
    outcome = desk.run()
    rows = sorted(outcome.tables["attributes"], key=lambda row: row["subscriber_id"])
    assert rows[0] == {"subscriber_id": "a", "age": 40, "vip": True, "spend": 1.5, "note": "x"}
    assert set(rows[1].values()) == {"b", None}
    described = {row["name"]: row for row in outcome.tables["attribute_dictionary"]}
    assert set(described) == {"age", "vip", "spend", "note"}
    assert (described["spend"]["reason"], described["spend"]["sentence_zh"], described["spend"]["speaks_from"]) == (
        "price",
        "消费{value}",
        1.0,
    )
    assert described["age"]["direction"] == 0


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT id AS subscriber_id, age, id AS extra FROM people", "column 'extra' is not declared"),
        ("SELECT id AS subscriber_id FROM people", "attribute 'age' is declared"),
    ],
)
def test_attributes_and_their_declaration_must_agree(desk, sql: str, says: str) -> None:
    desk.raw("people.csv", "id,age\na,40\n")
    desk.sql("attributes", sql)
    desk.source["attributes"] = {"age": AGE}
    with pytest.raises(ParamsError, match=says):
        desk.run()


def test_a_snapshot_knows_its_day_in_the_sql(desk) -> None:
    desk.source |= {"kind": "snapshot", "as_of": "2025-02-01"}
    del desk.source["extracted_on"]
    desk.sql(
        "labels",
        "SELECT id AS subscriber_id, as_of() AS as_of, 'no' AS churned FROM people WHERE extracted_on() = as_of()",
    )
    outcome = desk.run()
    assert {row["as_of"] for row in outcome.tables["labels"]} == {dt.date(2025, 2, 1)}
    assert (outcome.facts["kind"], outcome.facts["as_of"], outcome.facts["extracted_on"]) == (
        "snapshot",
        "2025-02-01",
        "2025-02-01",
    )


def test_the_facts_about_a_source_say_when_its_data_begin_and_end(desk) -> None:
    desk.facts("usage", "subscriber_id,month,voice_min\na,2025-01-01,1\na,2025-03-01,1\n")
    facts = desk.run().facts
    assert (facts["kind"], facts["simulated"], facts["as_of"]) == ("dated", False, None)
    assert (facts["data_from"], facts["data_until"]) == ("2025-01-31", "2025-03-31")


@pytest.fixture
def practice(desk, monkeypatch):
    """The desk over a simulator that writes three small tables."""

    def simulate(params: SimulatorParams, folder: Path, workers: int) -> Iterator[dict[str, int]]:
        who = pa.array([f"S{number}" for number in range(params.subscribers)])
        month = pa.array([params.first_month] * params.subscribers)
        calls = pa.array(range(params.subscribers), pa.int32())
        chance = {f"with_{name}": [0.5] * params.subscribers for name in ACTIONS}
        chance["churn_probability"] = [0.5] * params.subscribers
        tables = {
            "subscribers": {"subscriber_id": who, "activated_on": month},
            "usage": {"subscriber_id": who, "month": month, "calls": calls},
            "truth": {"subscriber_id": who, "as_of": month, **chance, "cause": ["drift"] * params.subscribers},
        }
        for name, columns in tables.items():
            (folder / name).mkdir()
            pq.write_table(pa.table(columns), folder / name / "0.parquet")
            yield {name: params.subscribers}
        assert workers > 0

    simulator = SimpleNamespace(simulate=simulate, parts=lambda _: 3)
    monkeypatch.setitem(sys.modules, "savedesk.simulator", simulator)
    desk.source |= {"kind": "simulated", "files": {}}
    del desk.source["extracted_on"]
    desk.sql("subscribers", "SELECT * FROM subscribers")
    return desk


def test_the_tables_of_the_simulator_are_relations(practice) -> None:
    practice.sql("usage", "SELECT * FROM usage")
    practice.sql("truth", "SELECT * FROM truth")
    outcome = practice.run()
    for table in ("subscribers", "usage", "truth"):
        assert outcome.metrics[f"{table}_accepted"] == 20_000
    assert (outcome.facts["kind"], outcome.facts["simulated"]) == ("dated", True)
    assert outcome.facts["extracted_on"] == "2026-01-01"


@pytest.mark.parametrize("seen", ["truth", "staged.given_truth", "staged.cast_truth"])
def test_no_other_table_can_be_made_from_the_truth(practice, seen: str) -> None:
    practice.sql("truth", "SELECT * FROM truth")
    practice.sql("attributes", f"SELECT subscriber_id, churn_probability AS secret FROM {seen}")  # noqa: S608 - ours
    practice.source["attributes"] = {"secret": {**AGE, "dtype": "float64"}}
    with pytest.raises(DataContractError, match=r"attributes\.sql"):
        practice.run()


def test_the_sql_sees_relations_only(desk) -> None:
    desk.sql("subscribers", "SELECT * FROM statements")  # a name that the program itself might use
    with pytest.raises(DataContractError, match="allowed: people"):
        desk.run()
