"""Realised gain by hand."""

import numpy as np
import pandas as pd
import pytest

from savedesk.evaluate.money import (
    contact_grid,
    contacted,
    monthly_gain,
    profit_table,
    realised_gain,
)

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


def test_profit_at_capacity_is_the_gain_of_the_contacted_per_as_of(rows, policy):
    gain = realised_gain(rows, policy)
    assert monthly_gain(rows, gain, contacted(rows))(np.ones(7)) == pytest.approx(((86 - 29 - 29) + 86) / 2)


def test_a_resample_that_draws_a_row_twice_earns_it_twice(rows, policy):
    gain = realised_gain(rows, policy)
    weights = np.array([2.0, 1, 1, 1, 1, 1, 0])
    assert monthly_gain(rows, gain, contacted(rows))(weights) == pytest.approx((2 * 86 - 29 - 29) / 2)


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
