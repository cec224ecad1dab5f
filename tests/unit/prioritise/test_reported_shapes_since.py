"""Exits, notices and refusals between as_of (1 July) and the day of the data (15 July), as public reports show them.

Where: polarsource/polar#7634, hexclave/hexclave#1773 (cancelled at the end of the period);
LeetCode-Feedback#33875, dimagi/commcare-hq#2918 (cancelled and active on one day); dotmailer-magento2-extension#565,
SparkDevNetwork/Rock#7049 (a refusal that an older list undoes).
"""

from __future__ import annotations

import pytest
from tests.unit.prioritise.test_known_since import STATUS, report, said


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ("a | 2025-07-31 | cancelled | 2025-07-03", "under_notice_since"),  # the period ends on the 31st
        ("a | 2025-07-15 | cancelled | 2025-07-03", "left_since"),  # it has ended
        (
            "a | 2025-07-03 | cancelled | 2025-07-03\na | 2025-07-04 | active | 2025-07-04",
            "contact",
        ),  # anew the day after
        ("a | 2025-07-31 | cancelled | 2025-07-03\na | 2025-07-31 | active | 2025-07-09", "contact"),  # taken back
        ("a | 2025-07-31 | cancelled | 2025-07-03\na | 2025-07-05 | active | 2025-07-05", "under_notice_since"),
        ("a | 2025-07-02 | cancelled | 2025-07-16", "contact"),  # known to nobody by the 15th
    ],
)
def test_an_exit_counts_from_the_day_on_which_it_was_known(desk, rows, rule):
    assert desk({"a": {}}, statuses=STATUS + rows).rows["a"]["rule"] == rule


def test_a_refusal_stands_although_the_data_still_hold_consent(desk, tmp_path):
    """The reply STOP came five days after the message, and after the data were taken."""
    report(tmp_path, ("a", "2025-07-20", "sent_no_answer"), ("a", "2025-07-25", "asked_not_to_call"))
    decided = desk({"a": {"contact_allowed": True}, "b": {}})
    assert said(decided)["a"] == ("give_up", "asked_since", "asked on 2025-07-25 not to be called")
    assert decided.rows["b"]["decision"] == "contact"
