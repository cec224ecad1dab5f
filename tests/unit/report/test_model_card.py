"""The model card: what it says of where the model comes from, how good it is, and where it must not be used."""

import re

import pytest

from savedesk.stages.report.model_card import model_card
from savedesk.stages.report.stage import CARD

WHOLE = {"slice_by": "all", "slice": "all", "rows": 4000, "churners": 300}
SNAPSHOT = {"name": "test", "title": "Test | operator", "kind": "snapshot", "currency": "CNY"}


def figures_of_all(**known):
    """Return lines of all rows: value and ends of each figure, beside those that a card always has."""
    usual = {"log_loss": (0.2, 0.19, 0.21), "predicted_rate": (0.047, None, None), "churn_rate": (0.04, None, None)}
    ends = {"slices_judged": (9.0, None, None), "slices_off": (8.0, None, None), "slices_off_by_chance": (0.9,) * 3}
    return [
        {**WHOLE, "model": "savedesk", "metric": name, "value": value, "low": low, "high": high}
        for name, (value, low, high) in {**usual, **ends, **known}.items()
    ]


def off(slice_by, name, gap):
    """Return lines of a group whose churn is off by so much."""
    part = {**WHOLE, "model": "savedesk", "slice_by": slice_by, "slice": name}
    rates = [{**part, "metric": metric, "value": 0.05} for metric in ("predicted_rate", "churn_rate")]
    return [*rates, {**part, "metric": "calibration_gap", "value": gap, "low": gap - 0.001, "high": gap + 0.001}]


def card(inputs):
    return model_card(inputs, CARD.read_text(encoding="utf-8")).replace("\u00a0", " ")


def test_it_says_what_it_was_learned_from_and_judged_on(report_inputs):
    text = card(report_inputs())
    assert "learned from 9,000 rows, 700 of them churners,\nof as-of dates 2024-01-01 to 2024-11-01" in text
    assert "On 4,000 rows that no model was trained on (300 churners)" in text
    assert "| 2025-02-01 | judge | 200 | 7 | 2025-05-17 |" in text
    assert "| 1 | 800 | 200 |" in text
    assert "| linear_15 | 0.60 | 3 | 120 |" in text
    assert "Tried and given no weight: trees_15." in text


def test_the_model_stands_beside_the_baselines(report_inputs):
    text = card(report_inputs())
    assert "The best of the simple models beside it is: default LightGBM, with an AUC of 0.770" in text
    assert "ahead of it (below 0: behind) by 0.030 (0.020 – 0.040) in AUC" in text
    assert "| AUC (0.5 is chance) | 0.800 (0.780 – 0.820) | 0.610 (0.780 – 0.820) | 0.770 (0.750 – 0.790) |" in text
    assert "Baseline left out: complaint count, since no complaint_count_3m is known." in text


def test_groups_that_are_off_are_named_beside_how_many_would_be_by_chance(report_inputs):
    text = card(report_inputs())
    assert "by more than the interval in 1 of 3 groups; of a model that is right everywhere it would be 0.3" in text
    assert "- segment business: predicted 6.0 %, left 4.0 %, +2.0 points (+1.0 – +3.0)" in text
    assert "segment consumer:" not in text


def test_of_many_groups_that_are_off_those_most_off_are_named(report_inputs):
    groups = [line for k in range(8) for line in off("region", f"G{k}", 0.01 + k / 100)]
    text = card(report_inputs(metrics=[*figures_of_all(), *groups]))
    assert re.findall(r"- region (\w+):", text) == ["G7", "G6", "G5", "G4", "G3"]
    assert "- and 3 more by less, in the tables below" in text


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        ((0.007, 0.005, 0.009), "+0.7 points (+0.5 – +0.9), and that way in 1 of 2 test dates"),
        ((0.001, -0.001, 0.003), "+0.1 points (−0.1 – +0.3), no more than chance."),
    ],
)
def test_what_is_common_to_the_test_dates_is_said_once(report_inputs, gap, said):
    dates = [*off("as_of", "2025-02-01", 0.01), *off("as_of", "2025-03-01", -0.01)]
    text = card(report_inputs(metrics=[*figures_of_all(calibration_gap=gap), *dates]))
    assert f"It predicted 4.7 % and 4.0 % left: {said}" in text


def test_the_money_promised_stands_beside_the_money_made_and_the_truth_where_it_is_known(report_inputs):
    money = {"promised_gain": (60000.0, 59000.0, 61000.0), "profit_at_capacity": (55000.0, 45000.0, 65000.0)}
    text = card(report_inputs(metrics=figures_of_all(**money)))
    assert "promised a gain of 60,000 CNY (59,000 – 61,000) a month" in text
    assert "in place of the chances it is 55,000 CNY (45,000 – 65,000)." in text
    text = card(report_inputs(metrics=figures_of_all(**money, true_profit_at_capacity=(50000.0, None, None))))
    assert "with the true chances and effects, which the simulator knows, 50,000 CNY." in text
    assert "promised a gain" not in card(report_inputs())


def test_how_often_the_interval_holds_stands_beside_how_often_it_should(report_inputs):
    held = {"interval_coverage": (0.8, None, None), "interval_level": (0.9, None, None)}
    text = card(report_inputs(metrics=figures_of_all(**held, interval_groups=(40.0, None, None))))
    assert "inside the interval of the probability in 80 % of 40 groups of like probability; in 90 % it" in text


def test_rows_without_a_label_and_what_was_not_tried_are_told(report_inputs):
    text = card(report_inputs())
    assert "| rows | 9,000 learned from; 60 more of the cohort at these dates have no label" in text
    assert "Recipes: 1 of 7 tried, no more for 9,000 rows. Seeds: 3 of 3 a booster." in text


@pytest.mark.parametrize("kind", ["dated", "snapshot"])
def test_a_snapshot_says_what_flatters_its_figures(report_inputs, kind):
    text = card(report_inputs(facts={**SNAPSHOT, "kind": kind}))
    assert ("The figures flatter it." in text) is (kind == "snapshot")
    assert ("says nothing about time" in text) is (kind == "snapshot")
    assert ("It was judged on 2025-02-01 alone" in text) is (kind == "dated")


def test_names_from_the_data_are_text(report_inputs):
    text = card(report_inputs(facts=SNAPSHOT))
    assert "# Model card: Test \\| operator" in text


def test_without_a_labelled_row_or_a_fold_it_says_so(report_inputs):
    text = card(report_inputs(metrics=[], trials=[]))
    assert "nothing is known of how good it is" in text
    assert "No fold has churners and stayers to learn from" in text
    assert "## How good it is" not in text


def test_every_line_of_a_table_has_as_many_cells_as_its_head(report_inputs):
    for block in re.findall(r"(?:^\|.*\n)+", card(report_inputs()), flags=re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1, block
