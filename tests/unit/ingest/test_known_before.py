"""Nothing is known before it happened: a wrong known_on would show the future to training rows of the past."""

from __future__ import annotations

BILL = "subscriber_id,month,billed_on,plan_fee,overage_fee,vas_fee,other_fee,discount,total_due,known_on\n"
STATUS = "subscriber_id,changed_on,status,known_on\n"


def test_a_month_of_use_that_was_known_before_it_began_is_unknown(desk) -> None:
    rows = "a,2025-09-01,5,1999-01-01\nb,2025-09-01,6,2025-08-31\nc,2025-09-01,7,2025-09-01\na,2025-08-01,8,\n"
    desk.facts("usage", "subscriber_id,month,voice_min,known_on\n" + rows)
    outcome = desk.run()
    assert outcome.rules("usage") == ["identity:known_before"] * 2
    assert sorted(row["voice_min"] for row in outcome.tables["usage"]) == [7.0, 8.0]
    assert sorted((row["subscriber_id"], str(row["day"])) for row in outcome.tables["unknown_facts"]) == [
        ("a", "2025-09-01"),
        ("b", "2025-09-01"),
    ]


def test_a_bill_may_be_made_out_ahead_by_a_month_and_no_more(desk) -> None:
    fees = "9,0,0,0,0,9"
    rows = f"a,2025-09-01,2025-08-01,{fees},2025-08-01\nb,2025-09-01,2025-09-30,{fees},2025-07-31\n"
    desk.facts("bills", BILL + rows + f"c,2025-09-01,2025-09-30,{fees},1999-01-01\n")
    outcome = desk.run()
    assert (outcome.rules("bills"), outcome.ids("bills")) == (["identity:known_before"] * 2, ["a"])


def test_an_exit_known_ten_years_before_is_a_warning_and_a_notice_is_none(desk) -> None:
    rows = "a,2025-09-01,cancelled,2015-09-01\nb,2025-09-01,cancelled,2025-06-01\nc,2025-09-01,active,2015-09-01\n"
    desk.facts("status_changes", STATUS + rows)
    outcome = desk.run()
    (line,) = [line for line in outcome.warnings if "years before" in line]
    assert line.startswith("status_changes.known_on: 1 exits were known more than 5 years before, for example 'a'")
    assert "2025-09-01 known on 2015-09-01" in line
    assert outcome.ids("status_changes") == ["a", "b", "c"]
