"""Bills and statuses that public reports show, and that leave open what they mean: each is said.

Where: polarsource/polar#4318 (a yearly fee taken for a month's); RepairDesk#438 (an invoice twice);
peppol-bis-invoice-3#23 (a corrected invoice under the old number); LeetCode-Feedback#33875 (two events of one day).
"""

from __future__ import annotations

import pytest
from tests.desk import Desk

HEAD = "subscriber_id,month,billed_on,plan_fee,overage_fee,vas_fee,other_fee,discount,total_due,bill_id,period_end\n"


def bill(who: str, month: int, amount: int, number: str = "", until: str = "") -> str:
    return f"{who},2025-{month:02}-01,2025-{month:02}-28,{amount},0,0,0,0,{amount},{number},{until}\n"


MONTHLY = "".join(bill("b", month, 30) for month in range(3, 12))


@pytest.mark.parametrize(("lines", "said"), [(bill("a", 5, 360), 1), (bill("a", 5, 360, "", "2026-04-30"), 0)])
def test_a_single_bill_of_months_ago_is_said_unless_it_has_a_period(desk: Desk, lines: str, said: int) -> None:
    desk.facts("bills", HEAD + MONTHLY + lines)
    warnings = [line for line in desk.run().warnings if "one bill" in line]
    assert len(warnings) == said
    assert all(line.startswith("bills: 1 of 2 subscribers have one bill") for line in warnings)


def test_a_single_bill_of_one_who_left_or_of_the_newest_month_is_not(desk: Desk) -> None:
    desk.facts("bills", HEAD + MONTHLY + bill("a", 5, 30) + bill("c", 11, 30))
    desk.facts("status_changes", "subscriber_id,changed_on,status\na,2025-06-05,cancelled\n")
    assert not any("one bill" in line for line in desk.run().warnings)


@pytest.mark.parametrize(("amount", "rules"), [(30, ["copy"]), (20, ["unique", "unique"])])
def test_an_invoice_under_one_number_twice_is_one_or_unknown(desk: Desk, amount: int, rules: list[str]) -> None:
    desk.facts("bills", HEAD + bill("a", 5, 30, "N1") + bill("a", 5, amount, "N1"))
    outcome = desk.run()
    assert [rule.partition(":")[0] for rule in outcome.rules("bills")] == rules
    assert len(outcome.tables["bills"]) == (1 if amount == 30 else 0)


@pytest.mark.parametrize(("known_on", "said"), [("2025-03-10", True), ("2025-03-09", False)])
def test_an_exit_of_a_day_on_which_one_is_active_is_said(desk: Desk, known_on: str, said: bool) -> None:
    """Unless it was a notice of the day before, which was taken back."""
    lines = f"a,2025-03-10,cancelled,{known_on}\na,2025-03-10,active,2025-03-10\n"
    desk.facts("status_changes", f"subscriber_id,changed_on,status,known_on\n{lines}b,2025-03-10,active,2025-03-10\n")
    warnings = [line for line in desk.run().warnings if "active as well" in line]
    assert [line.startswith("status_changes: 1 exits") for line in warnings] == ([True] if said else [])
