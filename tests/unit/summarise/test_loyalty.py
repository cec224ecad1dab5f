"""Loyal to what."""

from __future__ import annotations

import datetime as dt

import pytest

from savedesk.schemas import features, scores, summaries, values
from savedesk.stages.summarise.loyalty import loyalty_counts, loyalty_types

SETTLED = {
    "months_since_activation": 20.0,
    "usage_change_3m": 0.0,
    "active_days_change_1m": 0.0,
    "competitor_price_index": 0.8,
    "competitor_campaigns_3m": 2.0,
}
CASES = {
    "content and here to stay": ("committed", SETTLED | {"last_overall_score": 9.0}),
    "content, yet using less": ("latent", SETTLED | {"last_overall_score": 9.0, "usage_change_3m": -0.5}),
    "content, yet new": ("latent", SETTLED | {"last_overall_score": 9.0, "months_since_activation": 3.0}),
    "says they think of leaving": ("inertia", SETTLED | {"last_overall_score": 9.0, "switch_intention_12m": 1.0}),
    "held by a discount": ("incentive", SETTLED | {"discount_share_3m": 0.1}),
    "held by a discount, yet going": ("none", SETTLED | {"discount_share_3m": 0.1, "usage_change_3m": -0.5}),
    "held by a contract they dislike": ("monopoly", SETTLED | {"last_overall_score": 3.0, "contract_phase": "middle"}),
    "held by a contract only": ("monopoly", SETTLED | {"usage_change_3m": -0.5, "contract_phase": "first"}),
    "no rival to go to": (
        "monopoly",
        SETTLED | {"last_overall_score": 3.0, "competitor_campaigns_3m": 0.0, "competitor_price_index": 1.1},
    ),
    "no rival is cheaper": ("price", SETTLED | {"competitor_price_index": 1.0}),
    "years here though rivals are cheaper": ("committed", SETTLED | {"months_since_activation": 40.0}),
    "nothing but habit": ("inertia", SETTLED),
    "dislikes us and stays": ("inertia", SETTLED | {"last_overall_score": 3.0}),
    "complains and stays": ("inertia", SETTLED | {"complaints_open": 1.0, "competitor_price_index": 1.0}),
    "new and nothing known": ("none", {"months_since_activation": 3.0}),
}


@pytest.mark.parametrize("case", CASES)
def test_the_first_rule_that_fits_decides(case, given, p):
    wanted, figures = CASES[case]
    row = {"subscriber_id": "a", "as_of": dt.date(2025, 3, 1), **figures}
    loyalty = loyalty_types(given(features.TABLE, [row]), p.loyalty).to_pandas().iloc[0]
    assert loyalty["loyalty_type"] == wanted
    assert loyalty["by_choice"] == (wanted in summaries.BY_CHOICE)
    assert loyalty["answered"] == ("last_overall_score" in figures)


def test_of_whom_nothing_is_known_nothing_is_said(given, p):
    row = {"subscriber_id": "a", "as_of": dt.date(2025, 3, 1), "competitor_price_index": 1.0}
    assert loyalty_types(given(features.TABLE, [row]), p.loyalty).count().execute() == 0


def test_types_of_a_region_and_segment_are_shares_of_it(given, people):
    loyal = given(
        summaries.LOYALTY,
        """
        subscriber_id | loyalty_type | by_choice | answered
        a             | committed    | true      | true
        b             | inertia      | false     | false
        c             | inertia      | false     | false
        d             | inertia      | false     | false
        """,
    )
    keys = "subscriber_id | as_of      |"
    scored = (
        f"{keys} churn_probability\n"
        + "".join(f"{name} | 2025-03-01 | 0.2\n" for name in "abcd")
        + "a | 2025-02-01 | 0.9"
    )
    worth = f"{keys} value_at_risk\n" + "".join(f"{name} | 2025-03-01 | 10\n" for name in "abcd")
    counts = loyalty_counts(loyal, given(scores.TABLE, scored), given(values.TABLE, worth), people)
    rows = counts.set_index(["region", "segment", "loyalty_type"])
    assert rows.loc[("all", "all", "inertia")][["subscribers", "share", "value_at_risk"]].tolist() == [3, 0.75, 30]
    assert rows.loc[("north", "all", "committed")]["share"] == 0.5
    assert rows.loc[("all", "consumer", "inertia")]["subscribers"] == 2
    assert rows["predicted_rate"].tolist() == pytest.approx([0.2] * len(rows))
