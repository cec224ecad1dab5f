"""How much lists overlap: by hand, from month to month, and between the seeds of a model."""

import datetime as dt
import json
import math

import numpy as np
import pandas as pd
import pytest
from tests.small_model import small_model

from savedesk.schemas import model
from savedesk.stages.evaluate.stability import Parts, jaccard, month_figures


def test_overlap_by_hand():
    assert jaccard("abc", "bcd") == 0.5
    assert jaccard("ab", "ab") == 1
    assert jaccard("ab", "cd") == 0
    assert math.isnan(jaccard("", ""))


def test_lists_of_two_months_are_compared_on_those_scored_at_both(stage_inputs):
    lists = {1: {"A": "contact", "B": "contact", "C": "not_listed", "Gone": "contact"}}
    lists[2] = {"A": "contact", "B": "not_listed", "C": "contact", "New": "contact"}
    rows = pd.DataFrame(
        [
            {"subscriber_id": who, "as_of": dt.date(2025, month, 1), "decision": what, "churned": False}
            for month, decisions in lists.items()
            for who, what in decisions.items()
        ]
    )
    figures = month_figures(stage_inputs(rows))
    assert figures["list_jaccard_months"].value == pytest.approx(1 / 3)


def test_one_month_alone_has_nothing_to_be_compared_with(stage_inputs, simulate):
    assert month_figures(stage_inputs(simulate(20, months=1))) == {}


@pytest.mark.parametrize(("seeds", "name"), [((1, 2), "top_k_jaccard_seeds"), ((1,), "top_k_jaccard_halves")])
def test_the_parts_of_a_model_agree_in_part(stage_inputs, simulate, seeds, name):
    rows = simulate(400, months=1).assign(tenure=np.arange(400.0), noise=np.random.default_rng(1).random(400))
    rows["drop"] = rows["churn_probability"] + 0.1 * rows["noise"]
    names = ["drop", "tenure", "noise"]
    inputs = stage_inputs(rows, capacity_share=0.1)
    small_model((inputs.root / model.SCHEMA.path).parent, rows, names, seeds)
    parts = Parts(inputs)
    parts.look(rows)
    figures = parts.figures()
    assert figures.keys() == {name}
    assert 0.1 < figures[name].value < 1


def test_equal_parts_agree_on_everybody(stage_inputs, simulate):
    rows = simulate(300, months=1).assign(drop=np.arange(300.0))
    inputs = stage_inputs(rows, capacity_share=0.1)
    small_model((inputs.root / model.SCHEMA.path).parent, rows, ["drop"], (5, 5))
    assert json.loads((inputs.root / model.SCHEMA.path).read_text())["members"][0]["bags"] == 2
    parts = Parts(inputs)
    parts.look(rows)
    assert parts.figures()["top_k_jaccard_seeds"].value == 1
