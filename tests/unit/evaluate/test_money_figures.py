"""Realised gain by hand."""

import numpy as np
import pandas as pd
import pytest

from savedesk.stages.evaluate.money import contact_grid, profit_table, realised_gain
from savedesk.stages.evaluate.score_figures import ScoredRows, figure_rows

# V 500, d 50, r 0.2, u 0.5, c 4: a saved churner is worth 0.2 x 450 - 4 = 86, a stayer costs 0.5 x 50 + 4 = 29.
TABLE = """
id as_of      churned type      decision   action   probability expected
A  2025-01-01 1       cancelled contact    discount 0.9         40
B  2025-01-01 0       -         contact    discount 0.8         30
C  2025-01-01 1       arrears   contact    discount 0.7         20
D  2025-01-01 1       cancelled hold_out   discount 0.6         50
E  2025-01-01 1       cancelled give_up    -        0.5         -
A  2025-02-01 0       -         not_listed discount 0.4         10
B  2025-02-01 1       cancelled contact    discount 0.3         60
"""


@pytest.fixture
def rows():
    lines = [line.split() for line in TABLE.strip().splitlines()]
    text = pd.DataFrame(lines[1:], columns=lines[0]).replace("-", None)
    open_to = text["action"].notna()
    frame = text[["as_of", "decision"]].assign(churned=text["churned"] == "1", churn_type=text["type"])
    economics = {"remaining_value": 500.0, "offer_cost": 50.0, "save_rate": 0.2, "take_up": 0.5, "contact_cost": 4.0}
    frame = frame.assign(action=text["action"], churn_probability=text["probability"].astype(float), **economics)
    frame.loc[~open_to, ["offer_cost", "save_rate", "take_up", "contact_cost"]] = np.nan
    return frame.assign(expected_gain=text["expected"].astype(float))


def test_a_saved_churner_earns_and_everybody_else_costs(rows, policy):
    # C left for arrears, which a discount does not touch: the money is spent as on a stayer.
    assert realised_gain(rows, policy) == pytest.approx([86, -29, -29, 86, np.nan, -29, 86], nan_ok=True)


def listed(rows, policy, settings):
    given = figure_rows(rows.assign(subscriber_id=list("ABCDEAB")), realised_gain(rows, policy))
    return ScoredRows(given, settings(), listing=True)


def test_profit_at_capacity_is_the_gain_of_the_contacted_per_as_of(rows, policy, settings):
    figures = listed(rows, policy, settings).point()
    assert figures["profit_at_capacity"] == pytest.approx(((86 - 29 - 29) + 86) / 2)
    assert figures["promised_gain"] == pytest.approx((40 + 30 + 20 + 60) / 2)


def test_the_list_is_judged_by_whom_it_holds(rows, policy, settings):
    figures = listed(rows, policy, settings).point()
    assert figures["contact_rate"] == pytest.approx(4 / 7)
    assert figures["precision_at_capacity"] == pytest.approx(3 / 4)  # A and C in January, B in February
    assert figures["value_caught_at_capacity"] == pytest.approx(3 / 5)
    assert figures["false_negative_rate"] == pytest.approx(2 / 5)  # D and E
    assert figures["false_positive_rate"] == pytest.approx(1 / 2)  # B in January, of B and A in February


def test_a_resample_that_draws_a_subscriber_twice_earns_the_rows_twice(rows, policy, settings):
    scored = listed(rows, policy, settings)
    gain = [86, -29, -29, 0, 0, 0, 86]
    for counts in ([2, 1, 1, 1, 0], [0, 3, 0, 1, 1]):
        weights = np.array(counts)[[0, 1, 2, 3, 4, 0, 1]]
        sums = [(tally.by_subscriber(5) @ np.array(counts, dtype=float))[None, :] for tally in scored.tallies]
        assert scored.figures(sums)["profit_at_capacity"] == pytest.approx(weights @ np.array(gain) / 2)


def test_profit_curves_by_hand(rows, policy):
    table = profit_table(rows, realised_gain(rows, policy)).set_index(["ranking", "contacts"])["realised_gain"]
    by_hand = {0: 0, 1: (86 + 86) / 2, 2: (86 * 3 - 29) / 2, 3: (86 * 3 - 2 * 29) / 2, 4: (86 * 3 - 29 * 3) / 2}
    assert table["policy"].to_dict() == pytest.approx(by_hand)
    january, february = (86 - 29 - 29 + 86) / 4, (-29 + 86) / 2
    assert table["random"][1] == pytest.approx((january + february) / 2)
    assert table["random"][4] == pytest.approx(table["policy"][4])


def test_every_ranking_ends_in_the_same_place(rows, policy):
    table = profit_table(rows, realised_gain(rows, policy))
    assert set(table.groupby("ranking")["realised_gain"].last().round(9)) == {28.5 * 3}


@pytest.mark.parametrize(("longest", "capacity"), [(1, 0), (7, 3), (500_000, 613), (10, 99)])
def test_the_grid_is_short_and_holds_both_ends_and_the_capacity(longest, capacity):
    grid = contact_grid(longest, capacity)
    assert len(grid) <= 100
    assert grid[0] == 0
    assert grid[-1] == longest
    assert min(capacity, longest) in grid
