"""Family tenure: how long here, and what ties them."""

from __future__ import annotations

import pytest
from tests.tables import feature_values

from savedesk.contracts import plan_changes, status_changes, subscribers

AS_OF = "2025-07-01"


def of(people, *names, who="a", **given):
    tables = {subscribers.TABLE: people} | {
        {"changes": status_changes.TABLE, "plans": plan_changes.TABLE}[k]: v for k, v in given.items()
    }
    found = feature_values(tables, AS_OF, names)[who]
    return found[names[0]] if len(names) == 1 else found


def test_months_since_activation():
    people = """
    subscriber_id | activated_on
    a             | 2024-07-01
    b             |
    """
    assert of(people, "months_since_activation") == pytest.approx(365 / (365.25 / 12))
    assert of(people, "months_since_activation", who="b") is None


@pytest.mark.parametrize(
    ("start", "end", "days", "out", "elapsed"),
    [
        ("2024-07-01", "2025-07-31", 30, 0, 365 / 395),
        ("2024-07-01", "2025-07-01", 0, 0, 1),
        ("2024-07-01", "2025-06-30", -1, 1, 365 / 364),
        ("2025-07-01", "2026-07-01", None, 0, None),  # signed on the day itself: not known before
        ("2025-06-30", "2025-06-30", -1, 1, None),
        ("", "", None, 0, None),
    ],
)
def test_the_contract_and_its_end(start, end, days, out, elapsed):
    people = f"subscriber_id | contract_start | contract_end\na | {start} | {end}"
    found = of(people, "days_to_contract_end", "out_of_contract", "contract_elapsed")
    assert found == {"days_to_contract_end": days, "out_of_contract": out, "contract_elapsed": pytest.approx(elapsed)}


def test_names_of_a_subscriber_pass_through():
    people = """
    subscriber_id | segment  | region | birth_year | payment_method
    a             | business | north  | 1985       |
    """
    found = of(people, "segment", "region", "age_years", "payment_method")
    assert found == {"segment": "business", "region": "north", "age_years": 40, "payment_method": None}


FAMILY = """
subscriber_id | account_id | activated_on
a             | home       | 2020-01-01
left_lately   | home       | 2020-01-01
left_long_ago | home       | 2020-01-01
came_back     | home       | 2020-01-01
leaves_later  | home       | 2020-01-01
joins_later   | home       | 2025-07-01
alone         | other      | 2020-01-01
"""
EXITS = """
subscriber_id | changed_on | status     | known_on
left_lately   | 2025-06-30 | cancelled  | 2025-06-30
left_long_ago | 2024-12-28 | ported_out | 2024-12-28
came_back     | 2025-05-01 | cancelled  | 2025-05-01
came_back     | 2025-05-10 | active     | 2025-05-10
leaves_later  | 2025-06-30 | cancelled  | 2025-07-01
"""


def test_other_lines_of_the_account_that_have_left():
    found = of(FAMILY, "account_lines", "account_lines_left_6m", changes=EXITS)
    assert found == {"account_lines": 3, "account_lines_left_6m": 1}
    assert of(FAMILY, "account_lines_left_6m", who="came_back", changes=EXITS) == 1
    assert of(FAMILY, "account_lines", "account_lines_left_6m", who="alone", changes=EXITS) == {
        "account_lines": 1,
        "account_lines_left_6m": 0,
    }


def test_half_a_year_is_184_days():
    changes = """
    subscriber_id | changed_on | status
    left_lately   | 2024-12-29 | cancelled
    left_long_ago | 2024-12-28 | cancelled
    """
    assert of(FAMILY, "account_lines_left_6m", changes=changes) == 1


def test_only_own_plan_changes_count():
    changes = """
    subscriber_id | changed_on | initiated_by
    a             | 2025-06-30 | subscriber
    a             | 2025-07-01 | subscriber
    a             | 2025-05-01 | operator
    b             | 2025-05-01 | operator
    """
    people = "subscriber_id\na\nb\nc"
    counts = [of(people, "own_plan_changes", who=who, plans=changes) for who in "abc"]
    assert counts == [1, 0, 0]
