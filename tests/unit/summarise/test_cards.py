"""What the card of a listed subscriber shows."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.tables import sections

from savedesk.schemas import (
    bills,
    complaints,
    contacts,
    decisions,
    features,
    scores,
    subscribers,
    summaries,
    unknown_facts,
    usage,
)
from savedesk.stages.summarise.cards import HOLDS, MATTERS, card_months, cards

DAY = dt.date(2025, 3, 1)
LISTED = """
subscriber_id | rank | tier | churn_type | call_by    | action
a             | 1    | key  | cancelled  | 2025-03-20 | service_recovery
b             | 2    | core | cancelled  | 2025-03-20 | payment_plan
c             | 3    | core | cancelled  | 2025-03-20 | flowers
"""
SCORES = "subscriber_id | as_of\n" + "".join(f"{name} | {day}\n" for name in "abc" for day in (DAY, "2025-02-01"))
KNOWN = [
    {"subscriber_id": "a", "months_since_activation": 40.9, "contract_phase": "last", "plan_overspend_3m": 0.5},
    {"subscriber_id": "b", "months_since_activation": 3.0, "contract_phase": "none", "plan_overspend_3m": 0.0},
    {"subscriber_id": "c", "months_since_activation": None, "contract_phase": None, "plan_overspend_3m": None},
]
LOYAL = """
subscriber_id | loyalty_type | by_choice | answered
a             | price        | true      | false
b             | none         | false     | false
"""
PEOPLE = """
subscriber_id | activated_on
a             | 2020-01-01
"""
CONTACTS = """
contact_id | subscriber_id | contacted_on | arm
1          | a             | 2025-02-19   | treated
2          | b             | 2025-02-19   | control
3          | b             | 2025-03-01   | treated
"""
COMPLAINTS = """
subscriber_id | opened_at  | closed_at
a             | 2025-02-01 |
b             | 2025-01-01 | 2025-01-05
"""


@pytest.fixture
def shown(given, people, p):
    def make(most=2000):
        rules = sections()["prioritise"].rules
        tables = {
            "contacts": given(contacts.TABLE, CONTACTS),
            "complaints": given(complaints.TABLE, COMPLAINTS),
            "subscribers": people,
        }
        known = given(features.TABLE, [row | {"as_of": DAY} for row in KNOWN])
        listed, scored = given(decisions.LIST, LISTED), given(scores.TABLE, SCORES)
        loyal = given(summaries.LOYALTY, LOYAL)
        return cards(listed, scored, known, loyal, tables, rules, p.model_copy(update={"most_cards": most}))

    return make


def test_a_card_for_each_listed_subscriber_up_to_the_most(shown):
    assert shown().to_pandas()["subscriber_id"].sort_values().tolist() == ["a", "b", "c"]
    assert shown(2).to_pandas()["subscriber_id"].sort_values().tolist() == ["a", "b"]


def test_the_rules_that_apply_are_those_of_the_newest_day(shown):
    rows = shown().to_pandas().set_index("subscriber_id")
    assert rows.loc["a", ["days_since_contact", "open_complaints", "unaware_overspender"]].tolist() == [10, 1, True]
    assert rows["open_complaints"].tolist() == [1, 0, 0]
    assert rows["days_since_contact"].isna().tolist() == [False, True, True]


def test_what_to_say_first_stands_first(shown):
    rows = shown().to_pandas().set_index("subscriber_id")
    said = "open_complaint_first no_plan_talk recent_contact apologise thank_for_years contract_ends name_saving"
    assert rows.loc["a", "talking_points"] == said
    assert rows.loc[["b", "c"], "talking_points"].tolist() == ["offer_payment_plan", "make_offer"]
    assert set(said.split()) <= set(summaries.TALKING_POINTS)


def test_only_the_latent_who_use_less_are_told_so(given, people, p):
    """Latent is content without being a patron: use falls, or they are new; nothing is said where neither is known."""
    traits = {
        "a": {"months_since_activation": 3.0, "usage_change_3m": 1.0, "active_days_change_1m": 0.5},  # new, use doubled
        "b": {"months_since_activation": 30.0, "usage_change_3m": -0.5, "active_days_change_1m": None},
        "c": {"months_since_activation": None, "usage_change_3m": None, "active_days_change_1m": None},
    }
    known = given(features.TABLE, [{"subscriber_id": who, "as_of": DAY, **facts} for who, facts in traits.items()])
    rows = "".join(f"{who} | latent | false | true\n" for who in traits)
    loyal = given(summaries.LOYALTY, "subscriber_id | loyalty_type | by_choice | answered\n" + rows)
    tables = {"contacts": given(contacts.TABLE, CONTACTS), "complaints": given(complaints.TABLE, COMPLAINTS)}
    listed, scored = given(decisions.LIST, LISTED), given(scores.TABLE, SCORES)
    shown = cards(listed, scored, known, loyal, tables | {"subscribers": people}, sections()["prioritise"].rules, p)
    said = shown.to_pandas().set_index("subscriber_id")["talking_points"].str.split().str[-1]
    assert said.to_dict() == {"a": "welcome_new", "b": "win_heart", "c": "make_offer"}


def test_every_shipped_action_has_a_point_of_its_own():
    assert set(MATTERS) == set(sections()["prioritise"].actions)
    assert {*MATTERS.values(), *HOLDS.values(), "make_offer"} <= set(summaries.TALKING_POINTS)


def test_what_is_not_known_is_absent_and_nothing_is_made_up(shown):
    row = shown().to_pandas().set_index("subscriber_id").loc["c"]
    assert row["loyalty_type"] is None or row["loyalty_type"] != row["loyalty_type"]
    assert row["tenure_months"] != row["tenure_months"]
    assert not row["unaware_overspender"]


def test_sparklines_hold_the_year_that_was_known(shown, given):
    used = """
    subscriber_id | month      | voice_min | data_mb | known_on
    a             | 2024-03-01 | 1         | 10      | 2024-03-31
    a             | 2024-02-01 | 99        | 99      | 2024-02-28
    a             | 2025-02-01 | 2         | 20      | 2025-02-28
    a             | 2025-01-01 | 3         | 30      | 2025-03-01
    x             | 2025-02-01 | 9         | 9       | 2025-02-28
    """
    billed = """
    subscriber_id | month      | plan_fee | known_on
    a             | 2025-02-01 | 50       | 2025-02-28
    a             | 2024-12-01 | 40       | 2024-12-31
    a             | 2024-11-01 | 40       | 2024-11-30
    """
    rows = months_of_cards(shown, given, used, billed)
    assert rows["total_due"].dropna().to_dict() == {"2024-11": 40, "2024-12": 40, "2025-02": 50}
    assert rows["voice_min"].dropna().to_dict() == {"2024-03": 1, "2025-02": 2}


def test_a_bill_of_several_months_is_shown_as_money_per_month(shown, given):
    """A yearly bill of January, for more a year later: the new rate holds from then on."""
    billed = """
    subscriber_id | month      | plan_fee | known_on
    a             | 2024-01-01 | 360      | 2024-01-31
    a             | 2025-01-01 | 480      | 2025-01-31
    """
    rows = months_of_cards(shown, given, "subscriber_id | month", billed)
    assert rows["total_due"].tolist() == [30] * 10 + [40] * 2


def months_of_cards(shown, given, used, billed):
    """Return what the cards show, by month."""
    texts = {
        usage.TABLE: used,
        bills.TABLE: billed,
        subscribers.TABLE: PEOPLE,
        unknown_facts.TABLE: "table | number",
    }
    tables = {contract.name: given(contract, text) for contract, text in texts.items()}
    rows = card_months(shown(), tables, DAY, sections()["cohort"]).order_by("month").to_pandas()
    return rows.set_index(rows["month"].astype(str).str[:7])
