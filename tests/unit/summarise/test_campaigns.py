"""Did it work?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.simulated import frames_of, operator
from tests.tables import sections

from savedesk.schemas import bills, cohort, contacts, figures, reasons, unknown_facts, values
from savedesk.schemas.truth import ACTIONS
from savedesk.stages.summarise.campaigns import campaigns, contacted, effect_of, read_out, tier_edges, verdict

POLICY, VALUE = sections()["prioritise"], sections()["value"]
LEVEL = 0.9
DRAWS = 200


def contact_rows(count, **columns):
    usual = {
        "region": "north",
        "segment": "consumer",
        "campaign": "spring",
        "action": "loyalty_discount",
        "reason": "price",
        "treated": np.arange(count) % 2 * 1.0,
        "churned": False,
        "cost": 2.0,
        "worth": 100.0,
        "probability_cancelled": 0.2,
        "probability_arrears": 0.0,
        "probability_dormant": 0.0,
        "true_change": np.nan,
    }
    return pd.DataFrame(usual | columns, index=range(count))


def group_row(rows, region="all", by="total", group="all"):
    frame = campaigns(rows, {"key": 500.0, "core": 50.0}, POLICY, LEVEL)
    return frame.set_index(["region", "by", "group"]).loc[(region, by, group)]


def test_the_effect_of_one_campaign_is_the_difference_of_its_arms():
    treated = np.array([1, 1, 1, 1, 0, 0], float)
    left = np.array([1, 0, 0, 0, 1, 0], float)
    assert effect_of(left, treated, np.full(6, 4 / 6)).value == pytest.approx(0.5 - 0.25)


def test_a_campaign_with_more_churn_and_more_contacts_does_not_pass_for_an_effect():
    risky = {"campaign": "risky", "churned": np.arange(100) % 2 == 0, "treated": (np.arange(100) // 2 % 5 > 0) * 1.0}
    calm = {"campaign": "calm", "churned": False, "treated": (np.arange(100) // 2 % 5 == 0) * 1.0}
    row = group_row(pd.concat([contact_rows(100, **risky), contact_rows(100, **calm)], ignore_index=True))
    assert row["treated_rate"] > row["control_rate"]
    assert row["effect"] == pytest.approx(0)


def test_money_is_value_kept_less_the_cost_of_the_treated():
    row = group_row(
        contact_rows(40, churned=(np.arange(40) % 4 == 0))
    )  # half of the control leaves, nobody of the treated
    assert (row["treated"], row["control"], row["kept"]) == (20, 20, pytest.approx(10))
    assert row["kept_value"] == pytest.approx(1000)
    assert (row["cost"], row["net"]) == (40, pytest.approx(960))
    assert row["verdict"] == "works"


def test_the_priors_promise_a_part_of_the_churners_that_the_action_touches():
    row = group_row(contact_rows(40, probability_arrears=0.5))
    assert row["promised_kept"] == pytest.approx(20 * 0.2 * POLICY.actions["loyalty_discount"].save_rate)
    assert row["promised_net"] == pytest.approx(row["promised_kept"] * 100 - 40)


def test_a_campaign_without_a_control_teaches_nothing():
    assert campaigns(contact_rows(10, treated=1.0), {}, POLICY, LEVEL).empty


def test_a_group_with_one_arm_shows_nothing():
    rows = contact_rows(40, reason=np.where(np.arange(40) == 1, "network", "price"))
    row = group_row(rows, by="reason", group="network")
    assert np.isnan(row["kept"])
    assert row["verdict"] == "not_shown"


def test_without_bills_subscribers_are_counted_and_money_is_absent():
    row = group_row(contact_rows(40, worth=np.nan, churned=(np.arange(40) % 4 == 0)))
    assert row["kept"] == pytest.approx(10)
    assert np.isnan(row["net"])


def test_tiers_are_those_that_the_worth_would_have_now():
    rows = contact_rows(40, worth=np.repeat([10.0, 60.0, 600.0, 1000.0], 10))
    assert [group_row(rows, by="tier", group=name)["treated"] for name in ("small", "core", "key")] == [5, 5, 10]


@pytest.mark.parametrize(("low", "high", "code"), [(1, 5, "works"), (-5, -1, "harms"), (-1, 5, "not_shown")])
def test_the_verdict_is_read_off_the_interval(low, high, code):
    assert verdict(low, high) == code


@pytest.fixture(scope="module")
def known_truth():
    """Subscribers of a simulated operator, with what is true of one action each."""
    truth = frames_of(operator(subscribers=4000, months=5, burn_in_months=12))["truth"]
    place = np.arange(len(truth))
    after = truth[[f"with_{name}" for name in ACTIONS]].to_numpy()[place, place % len(ACTIONS)]
    return truth["churn_probability"].to_numpy(), after, np.random.default_rng(2).lognormal(5, 1, len(truth))


def test_the_interval_covers_the_truth_of_the_simulated_operator_as_often_as_it_says(known_truth):
    """Chance decides 200 times anew who is treated, and who leaves by the simulator's own probabilities."""
    without, after, worth = known_truth
    draw, covered = np.random.default_rng(3), []
    for _ in range(DRAWS):
        treated = (draw.random(len(without)) < 0.7) * 1.0
        left = draw.random(len(without)) < np.where(treated > 0, after, without)
        rows = {
            "treated": treated,
            "share": treated.mean(),
            "churned": left,
            "worth": worth,
            "cost": 1.0,
            "promise": 0.0,
        }
        row = read_out(pd.DataFrame(rows | {"true_change": without - after}), LEVEL)
        covered.append(
            (
                row["kept_low"] <= row["true_kept"] <= row["kept_high"],
                row["net_low"] <= row["true_net"] <= row["net_high"],
            )
        )
    error = 3 * np.sqrt(LEVEL * (1 - LEVEL) / DRAWS)
    assert np.mean(covered, axis=0) == pytest.approx([LEVEL, LEVEL], abs=error)


def test_contacts_are_read_with_what_was_known_and_what_became_of_them(given, people):
    tables = {
        "contact_scores": given(reasons.CONTACT_SCORES, "subscriber_id | as_of\na | 2025-01-01\nb | 2025-01-01"),
        "contacts": given(
            contacts.TABLE,
            """
            contact_id | subscriber_id | contacted_on | campaign_id | action           | arm     | cost
            1          | a             | 2025-01-03   | spring      | loyalty_discount | treated | 5
            2          | b             | 2025-01-31   | spring      | loyalty_discount | control |
            3          | a             | 2025-02-01   | spring      | loyalty_discount | treated | 5
            4          | b             | 2025-01-05   |             |                  | treated | 1
            """,
        ),
        "cohort": given(
            cohort.TABLE,
            """
            subscriber_id | as_of      | churned
            a             | 2025-01-01 | true
            b             | 2025-01-01 | false
            """,
        ),
        "contact_reasons": given(
            reasons.CONTACTS,
            """
            subscriber_id | as_of      | position | reason
            a             | 2025-01-01 | 1        | price
            a             | 2025-01-01 | 2        | network
            """,
        ),
        "subscribers": people,
        "bills": given(
            bills.TABLE,
            """
            subscriber_id | month      | plan_fee | known_on
            a             | 2024-09-01 | 20       | 2024-09-30
            a             | 2024-10-01 | 20       | 2024-10-31
            a             | 2024-11-01 | 10       | 2024-11-30
            a             | 2024-12-01 | 30       | 2024-12-31
            a             | 2025-01-01 | 999      | 2025-01-31
            a             | 2024-01-01 | 999      | 2024-01-31
            """,
        ),
        "unknown_facts": given(unknown_facts.TABLE, "table | number"),
        "values": given(values.TABLE, "subscriber_id | as_of | discounted_months | tier\na | 2025-06-01 | 10 | key"),
        "contact_effects": given(figures.CONTACT_EFFECTS, "contact_id | true_change\n1 | 0.25"),
    }
    rows = contacted(tables, VALUE, sections()["cohort"]).order_by("contact_id").to_pandas().set_index("contact_id")
    assert rows.index.tolist() == ["1", "2"]
    assert rows["treated"].tolist() == [1, 0]
    assert rows.loc["1", ["churned", "reason", "true_change"]].tolist() == [True, "price", 0.25]
    assert rows.loc["1", "worth"] == pytest.approx(20 * (1 - VALUE.variable_cost_share) * 10)
    assert np.isnan(rows.loc["2", "worth"])


def test_the_edges_of_tiers_are_those_of_the_newest_values(given):
    text = """
    subscriber_id | as_of      | remaining_value | tier
    a             | 2025-02-01 | 1               | key
    a             | 2025-03-01 | 900             | key
    b             | 2025-03-01 | 500             | key
    c             | 2025-03-01 | 90              | core
    d             | 2025-03-01 | 9               | small
    """
    assert tier_edges(given(values.TABLE, text)) == {"key": 500, "core": 90}
