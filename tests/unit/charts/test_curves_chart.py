"""Gains and profit: lines told apart by colour and dashes, and the capacity."""

from __future__ import annotations

import pytest
from tests.unit.charts.drawn import marks, place, texts
from tests.unit.charts.figures import GAINS, PROFIT

from savedesk.charts.curves import curves, gains_picture, profit_picture
from savedesk.charts.quantity import PERCENT, Quantity
from savedesk.charts.rendering import svg
from savedesk.charts.style import CAPACITY, LEVEL, PAPER, WIDTH
from savedesk.stages.evaluate.plots import TEXTS


def dashes(mark):
    return tuple(int(length) for length in mark.get("stroke-dasharray", "1,0").split(","))


def test_gains_show_the_model_the_strongest_baselines_and_chance():
    drawn = svg(gains_picture(GAINS, TEXTS.of("en")))
    assert "The riskiest 10% of subscribers hold 60% of all churners" in texts(drawn)
    shown = {"Savedesk", "default LightGBM", "logistic regression", "last usage drop", "at random"}
    assert shown <= set(texts(drawn))
    assert "tenure only" not in texts(drawn)
    assert len(marks(drawn, "line")) == len(shown)
    assert len({dashes(line) for line in marks(drawn, "line")}) == len(shown)


def test_chance_is_a_grey_dashed_diagonal():
    chance = [line for line in marks(svg(gains_picture(GAINS, TEXTS.of("en"))), "line") if dashes(line) == LEVEL]
    assert [line.get("stroke") for line in chance] == [PAPER.muted]
    assert chance[0].get("d", "").count("L") == 1


def test_profit_says_what_the_policy_would_have_earned_in_the_currency():
    said = texts(svg(profit_picture(PROFIT, 100.0, "CNY", TEXTS.of("en"))))
    assert "100 contacts in the policy's order would have earned 1,000 CNY" in said
    assert "Realised gain, CNY a month" in said
    assert "每月实现收益（人民币）" in texts(svg(profit_picture(PROFIT, 100.0, "人民币", TEXTS.of("zh"))))


def test_the_capacity_line_stands_at_the_contacts_of_the_list():
    drawn = svg(profit_picture(PROFIT, 100.0, "CNY", TEXTS.of("en")))
    rules = [rule for rule in marks(drawn, "rule") if dashes(rule) == CAPACITY]
    assert [place(rule)[0] for rule in rules] == pytest.approx([WIDTH * 100 / 400], abs=1)
    assert "contacts on the list" in texts(drawn)


def test_without_contacts_there_is_no_capacity_line():
    drawn = svg(profit_picture(PROFIT, 0.0, "CNY", TEXTS.of("en")))
    assert not [rule for rule in marks(drawn, "rule") if dashes(rule) == CAPACITY]
    assert "contacts on the list" not in texts(drawn)


def test_profit_far_beyond_the_capacity_is_not_shown():
    far = PROFIT.assign(contacts=PROFIT["contacts"] * 100, realised_gain=-PROFIT["realised_gain"])
    said = texts(svg(profit_picture(far, 500.0, "CNY", TEXTS.of("en"))))
    assert "1,400" in said
    assert not {"1,600", "2,000", "10,000", "40,000"} & set(said)


def test_lines_that_only_the_rows_name_differ_in_colour_and_dashes():
    chart = curves(GAINS, Quantity("share", "share", PERCENT), Quantity("churn_caught", "caught"), "model", PAPER)
    lines = marks(svg(chart), "line")
    assert len({line.get("stroke") for line in lines}) == len({dashes(line) for line in lines}) == 5
