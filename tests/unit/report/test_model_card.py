"""The model card: what it says of where the model comes from, how good it is, and where it must not be used."""

import re

import pytest

from savedesk.report.stage import run

WHOLE = {"slice_by": "all", "slice": "all", "rows": 4000, "churners": 300}
SNAPSHOT = {"name": "test", "title": "Test | operator", "kind": "snapshot", "currency": "CNY"}


def card(inputs):
    return run(inputs)["model_card"].replace("\u00a0", " ")


def test_it_says_what_it_was_learned_from_and_judged_on(report_inputs):
    found = card(report_inputs())
    assert "learned from 9,000 rows, 700 of them churners,\nof as-of dates 2024-01-01 to 2024-11-01" in found
    assert "On 4,000 rows that no model was trained on (300 churners)" in found
    assert "| 2025-02-01 | judge | 200 | 7 | 2025-05-17 |" in found
    assert "| 1 | 800 | 200 |" in found
    assert "| linear_15 | 0.60 | 3 | 120 |" in found
    assert "Tried and given no weight: trees_15." in found


def test_the_model_stands_beside_the_baselines(report_inputs):
    found = card(report_inputs())
    assert "The best of the simple models beside it is: Default LightGBM, with an AUC of 0.770" in found
    assert "ahead of it (below 0: behind) by 0.030 (0.020 – 0.040) in AUC" in found
    assert "| AUC (0.5 is chance) | 0.800 (0.780 – 0.820) | 0.610 (0.780 – 0.820) | 0.770 (0.750 – 0.790) |" in found
    assert "Baseline left out: Complaint count, since no complaint_count_3m is known." in found


def test_groups_that_are_off_are_named_beside_how_many_would_be_by_chance(report_inputs):
    found = card(report_inputs())
    assert "by more than the interval in 1 of 3 groups; of a model that is right everywhere it would be 0.3" in found
    assert "- segment business: predicted 6.0 %, left 4.0 %, +2.0 points (+1.0 – +3.0)" in found
    assert "segment consumer:" not in found


@pytest.mark.parametrize("kind", ["dated", "snapshot"])
def test_a_snapshot_says_what_flatters_its_figures(report_inputs, kind):
    found = card(report_inputs(facts={**SNAPSHOT, "kind": kind}))
    assert ("The figures flatter it." in found) is (kind == "snapshot")
    assert ("says nothing about time" in found) is (kind == "snapshot")
    assert ("It was judged on 2025-02-01 alone" in found) is (kind == "dated")


def test_names_from_the_data_are_text(report_inputs):
    found = card(report_inputs(facts=SNAPSHOT))
    assert "# Model card: Test \\| operator" in found


def test_without_a_labelled_row_or_a_fold_it_says_so(report_inputs):
    found = card(report_inputs(metrics=[], trials=[]))
    assert "nothing is known of how good it is" in found
    assert "No fold has churners and stayers to learn from" in found
    assert "## How good it is" not in found


def test_every_line_of_a_table_has_as_many_cells_as_its_head(report_inputs):
    for block in re.findall(r"(?:^\|.*\n)+", card(report_inputs()), flags=re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1, block
