"""Who is treated otherwise than the rest, by hand."""

import pandas as pd
import pytest

from savedesk.stages.evaluate.fairness import fairness_statement, fairness_table
from savedesk.stages.evaluate.stage import run

FIGURES = """
slice_by slice   metric              value low   high
all      all     contact_rate        0.10  0.09  0.11
all      all     false_negative_rate 0.50  0.45  0.55
region   North   contact_rate        0.12  0.105 0.135
region   South   contact_rate        0.08  0.065 0.095
region   East    contact_rate        0.10  0.08  0.12
region   unknown contact_rate        0.90  0.8   1.0
region   Tiny    contact_rate        nan   nan   nan
gender   f       contact_rate        0.10  0.09  0.11
region   North   false_negative_rate 0.45  0.35  0.55
region   South   false_negative_rate 0.55  0.45  0.65
"""


def figures():
    lines = [line.split() for line in FIGURES.strip().splitlines()]
    table = pd.DataFrame(lines[1:], columns=lines[0]).assign(model="savedesk")
    return table.astype({"value": float, "low": float, "high": float})


def test_a_group_is_off_if_its_interval_does_not_hold_the_figure_of_all():
    table = fairness_table(figures(), 0.9).set_index(["slice_by", "metric"])
    contacts = table.loc[("region", "contact_rate")]
    assert (contacts["lowest_slice"], contacts["highest_slice"]) == ("South", "North")
    assert (contacts["slices"], contacts["slices_off"]) == (3, 2)
    assert contacts["slices_off_by_chance"] == pytest.approx(0.3)
    assert table.loc[("region", "false_negative_rate"), "slices_off"] == 0
    assert "gender" not in table.index.get_level_values("slice_by")  # one group has nobody to be compared with


def test_the_statement_is_a_plain_sentence():
    statement = fairness_statement(fairness_table(figures(), 0.9))
    assert statement.keys() == {"fairness_region"}
    assert statement["fairness_region"].startswith(
        "from 8.0 % (South) to 12.0 % (North) are on the list, 2 of 3 groups off by more than their interval"
    )


def test_a_desk_that_leaves_one_gender_alone_is_told_so(stage_inputs, simulate):
    rows = simulate(500)
    rows["gender"] = ["f", "m"] * 500
    rows.loc[rows["gender"] == "f", "decision"] = "not_listed"
    outputs = run(stage_inputs(rows))
    table = outputs["fairness"].set_index(["slice_by", "metric"])
    assert table.loc[("gender", "contact_rate"), "lowest"] == 0
    assert table.loc[("gender", "false_negative_rate"), "highest"] == 1
    assert table.loc[("gender", "contact_rate"), "slices_off"] == 2
    assert "0.0 % (f)" in outputs["metrics"]["fairness_gender"]
