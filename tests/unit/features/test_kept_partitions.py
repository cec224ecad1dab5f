"""A new month computes one new partition; whatever a partition follows from, and nothing else, makes it anew."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.simulated import operator
from tests.tables import project, run

from savedesk.pipeline.import_closure import closure
from savedesk.schemas import bills, complaints, features, subscribers
from savedesk.schemas.table import Table
from savedesk.stages.features.partitions import CODE, PACKAGE
from savedesk.stages.features.stage import FACTS

pytestmark = pytest.mark.xdist_group("kept")  # what they share is made once

SMALL = {
    "minimum_history_months": 8,
    "outcome_days": 28,
    "lead_days": 2,
    "allowed_gap_days": 7,
    "test_as_of_dates": 1,
    "train_as_of_dates": 3,
    "folds": 2,
}
USED = {"families": ["complaints", "billing"]}


@pytest.fixture(scope="module")
def facts() -> dict[Table, list[dict]]:
    given = operator(subscribers=60, months=15)
    return {table: given[table.name].to_pylist() for table in FACTS if table.name in given}


def known(facts: dict[Table, list[dict]], until: dt.date) -> dict[Table, list[dict]]:
    """Return the facts as they stood at the end of a day."""
    known_facts = {}
    for contract, rows in facts.items():
        names = [name for name in ("known_on", "activated_on") if name in contract.column_names]
        first = next((c.default_from for c in contract.columns if c.name == "known_on"), None)
        late = [(c.name, c.known_by) for c in contract.columns if c.known_by]
        known_facts[contract] = []
        for row in rows:
            days = [row[name] for name in [*names, first] if name and row.get(name)]
            if all(day <= until for day in days):
                hidden = {name: None for name, by in late if row.get(by) and row[by] > until}
                known_facts[contract].append(row | hidden)
    return known_facts


def features_of(root: Path, facts: dict[Table, list[dict]], extracted_on: str) -> dict[str, float]:
    project(root, facts, extracted_on=extracted_on)
    run(root, "cohort", cohort=SMALL)
    return dict(run(root, "features", cohort=SMALL, features=USED).metrics)


def partitions(root: Path) -> dict[str, pa.Table]:
    folder = root / features.TABLE.path
    return {part.parent.name: pq.read_table(part, partitioning=None) for part in sorted(folder.glob("*/part.parquet"))}


@pytest.fixture(scope="module")
def february(tmp_path_factory: pytest.TempPathFactory, facts: dict[Table, list[dict]]) -> Path:
    """A run at the end of February 2025."""
    root = tmp_path_factory.mktemp("february")
    features_of(root, known(facts, dt.date(2025, 2, 28)), "2025-02-28")
    return root


@pytest.fixture
def first(tmp_path: Path, february: Path) -> Path:
    """The same run, for one test."""
    return shutil.copytree(february, tmp_path / "first")


def test_a_month_more_computes_one_partition_and_leaves_the_others(first, facts):
    before = partitions(first)
    figures = features_of(first, known(facts, dt.date(2025, 3, 31)), "2025-03-31")
    after = partitions(first)
    assert figures["as_of_dates_computed"] == 1
    assert set(after) - set(before) == {"as_of=2025-04-01"}
    assert all(after[name].equals(before[name]) for name in before if name in after)


def test_what_is_kept_is_what_would_be_computed(first, facts, tmp_path_factory):
    later = known(facts, dt.date(2025, 3, 31))
    features_of(first, later, "2025-03-31")
    fresh = tmp_path_factory.mktemp("fresh")
    assert features_of(fresh, later, "2025-03-31")["as_of_dates_computed"] == len(partitions(fresh))
    assert partitions(fresh).keys() == partitions(first).keys()
    assert all(table.equals(partitions(first)[name]) for name, table in partitions(fresh).items())


def test_nothing_new_computes_nothing(first, facts):
    assert features_of(first, known(facts, dt.date(2025, 2, 28)), "2025-02-28")["as_of_dates_computed"] == 0


@pytest.mark.parametrize(
    ("contract", "change", "dates"),
    [
        (bills.TABLE, {"total_due": 12.5, "plan_fee": 12.5}, "after the bill"),
        (complaints.TABLE, {"category": "price"}, "after the complaint"),
        (subscribers.TABLE, {"region": "elsewhere"}, "all"),
    ],
)
def test_a_fact_that_was_mended_computes_the_dates_that_knew_it(first, facts, contract, change, dates):
    given = known(facts, dt.date(2025, 2, 28))
    rows = sorted(given[contract], key=lambda row: str(row.get("known_on") or row.get("opened_at") or ""))
    late = [row for row in rows if dates == "all" or str(row.get("billed_on") or row.get("opened_at")) > "2024-12-05"]
    mended = late[0] | change
    given[contract] = [mended if row is late[0] else row for row in given[contract]]
    day = mended.get("billed_on") or mended.get("opened_at") or dt.date.min
    expected = [name for name in partitions(first) if dates == "all" or name > f"as_of={day}"]
    assert features_of(first, given, "2025-02-28")["as_of_dates_computed"] == len(expected)


def test_other_families_compute_everything(first, facts):
    project(first, known(facts, dt.date(2025, 2, 28)), extracted_on="2025-02-28")
    run(first, "cohort", cohort=SMALL)
    figures = run(first, "features", cohort=SMALL, features={"families": ["complaints"]}).metrics
    assert figures["as_of_dates_computed"] == figures["as_of_dates"]


def test_other_ideas_of_a_complete_month_compute_everything(first):
    figures = run(first, "features", cohort=SMALL | {"complete_month_share": 0.9}).metrics
    assert figures["as_of_dates_computed"] == figures["as_of_dates"]


def test_a_table_of_another_version_is_computed_anew(first, facts):
    (first / features.PARTITIONS.path).write_bytes(b"not parquet")
    figures = features_of(first, known(facts, dt.date(2025, 2, 28)), "2025-02-28")
    assert figures["as_of_dates_computed"] == figures["as_of_dates"]


def test_the_code_that_a_partition_follows_from_is_all_that_its_modules_import():
    hashed = {path for pattern in CODE for path in PACKAGE.glob(pattern)}
    makes = closure("savedesk.stages.features.replay") - {PACKAGE / "__init__.py", PACKAGE / "errors.py"}
    assert {path for path in makes if "params" not in path.parts} <= hashed
