"""What bills of given days cover is the same on both engines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis
import pytest
from tests.spark.test_features_on_spark import duckdb, equal
from tests.tables import cohort_params, rows_of, save, table
from tests.unit.value.test_margin_over_time import fill, paid_monthly

from savedesk.domain.billed_months import as_known, complete_until, covered, lost_bills, monthly_money, rates_by_lag
from savedesk.domain.billed_months import shape_of as shape_in
from savedesk.engine.base import Engine
from savedesk.engine.spark import SparkEngine
from savedesk.schemas import bills, subscribers, unknown_facts

pytestmark = pytest.mark.xdist_group("spark")  # one session, in one process
GIVEN = """
subscriber_id | month      | billed_on  | plan_fee | period_start | period_end
a             | 2024-05-01 | 2024-05-31 | 10       | 2024-05-21   | 2024-05-31
a             | 2024-06-01 | 2024-06-30 | 30       | 2024-06-01   | 2024-06-30
b             | 2024-02-01 | 2024-02-29 | 48       | 2024-01-14   | 2024-02-29
b             | 2024-03-01 | 2024-03-31 | 30       | 2024-03-01   | 2024-03-31
b             | 2024-06-01 | 2024-06-30 | 30       | 2024-06-01   | 2024-06-30
c             | 2024-03-01 | 2024-03-31 | 90       | 2024-01-01   | 2024-03-31
c             | 2024-04-01 | 2024-04-30 | 0        |              |
d             | 2024-01-01 | 2024-01-05 | 35       | 2024-01-05   | 2024-02-08
d             | 2024-02-01 | 2024-02-09 | 35       | 2024-02-09   | 2024-03-14
d             | 2024-05-01 | 2024-05-31 | 35       |              |
"""
LOST = """
table | number | subscriber_id | day        | column     | rule
bills | 1      | d             | 2024-05-31 | period_end | type:period_end
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    people = "subscriber_id\n a\n b\n c\n d\n other"
    save(tmp_path, bills.TABLE, table(bills.TABLE, [fill(row) for row in rows_of(bills.TABLE, GIVEN)] + _others()))
    save(tmp_path, subscribers.TABLE, table(subscribers.TABLE, people))
    save(tmp_path, unknown_facts.TABLE, table(unknown_facts.TABLE, LOST))
    return tmp_path


def _others() -> list[dict[str, Any]]:
    return [fill(row) for row in paid_monthly()]


def money_on(engine: Engine, root: Path) -> dict[str, dict[str, Any]]:
    given, master, facts = (
        engine.read(contract, root / contract.path)
        for contract in (bills.TABLE, subscribers.TABLE, unknown_facts.TABLE)
    )
    people = master.select("subscriber_id", "activated_on", as_of=ibis.date(2024, 8, 1))
    shape, until = shape_in(given), complete_until(given, people, cohort_params())
    known = as_known(given, people, shape, bills.MONEY)
    months = covered(known, shape, people, until, bills.MONEY, lost=lost_bills(facts, given))
    money: dict[str, dict[str, Any]] = {}
    for part in (monthly_money(months, 3), rates_by_lag(months, 6)):
        for row in part.to_pyarrow().to_pylist():
            money.setdefault(row["subscriber_id"], {}).update(row)
    return money


def test_money_of_odd_periods_is_the_same(spark: SparkEngine, files: Path) -> None:
    with duckdb() as engine:
        expected = money_on(engine, files)
    on_spark = money_on(spark, files)
    assert on_spark.keys() == expected.keys() == {"a", "b", "c", "d", "other"}
    wrong = {who: row for who, row in expected.items() if not all(equal(on_spark[who][k], v) for k, v in row.items())}
    assert not wrong, {who: on_spark[who] for who in wrong}
