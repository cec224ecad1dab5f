"""Reasons: contributions grouped, ordered and put into words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.learning import DATES, learnable
from tests.tables import read, rows_of, run, save, sections, table

from savedesk.reasons.rows import reason_rows
from savedesk.reasons.words import say
from savedesk.schemas import contacts, features, reasons, scores, values

DICTIONARY = pd.DataFrame(
    rows_of(
        features.DICTIONARY,
        """
        name    | dtype   | reason     | speaks_from | speaks_to | sentence_en       | sentence_zh
        drop    | float64 | usage_drop |             | -0.1      | use {value:+.0%}  | 用量 {value:+.0%}
        trend   | float64 | usage_drop |             | -0.02     | trend {value:.2f} | 趋势 {value:.2f}
        rises   | float64 | price      | 1           |           | {value:.0f} rises | {value:.0f} 次涨价
        silent  | float64 | price      |             |           |                   |
        plan    | string  | contract   |             |           | plan {value}      | 套餐 {value}
        age     | float64 |            |             |           |                   |
        """,
    )
)
NONE = say("no_reason", "en")
NAMES = list(DICTIONARY["name"])
USUAL = {"drop": -0.5, "trend": -0.1, "rises": 2.0, "silent": 1.0, "plan": "max", "age": 40.0}


def rules(minimum=0.02, agreed_top=3):
    """Return the section ``explain``."""
    return sections(explain={"minimum_contribution": minimum, "agreed_top": agreed_top})["explain"]


def of(language="en", minimum=0.02, values=None, agreed_top=3, **contributions):
    """Return the reasons of one candidate as (reason, contribution, text); a list is of the parts of the model."""
    given = pd.DataFrame([USUAL | (values or {})])
    parts = max(
        [len(contribution) for contribution in contributions.values() if isinstance(contribution, list)], default=1
    )
    by_part = [np.broadcast_to(contributions.get(name, 0.0), parts) for name in NAMES]
    weights = np.array(by_part).T[:, None, :]
    keys = pd.DataFrame({"subscriber_id": ["a"], "as_of": [DATES[0]]})
    rule, none = rules(minimum, agreed_top), say("no_reason", language)
    rows = reason_rows(keys, given, weights, DICTIONARY, language, rule, given, none).sort_values("position")
    assert list(rows["position"]) == list(range(1, len(rows) + 1))
    return [(row.reason, pytest.approx(row.contribution), row.text) for row in rows.itertuples()]


NOTHING = [("none", 0.0, "no clear reason")]


def test_a_reason_weighs_the_sum_of_its_features_and_the_loudest_speaks():
    assert of(drop=0.1, trend=0.3) == [("usage_drop", 0.4, "trend -0.10")]
    assert of(drop=0.4, trend=-0.1) == [("usage_drop", 0.3, "use -50%")]


def test_the_strongest_reason_comes_first_and_three_are_shown():
    shown = of(drop=0.1, rises=0.5, plan=0.3)
    assert [reason for reason, _, _ in shown] == ["price", "contract", "usage_drop"]


def test_equal_reasons_come_in_the_order_of_their_names():
    assert [reason for reason, _, _ in of(drop=0.25, rises=0.25, plan=0.25)] == ["contract", "price", "usage_drop"]


def test_a_reason_below_the_minimum_is_not_shown():
    assert of(rises=0.019, minimum=0.02) == NOTHING
    assert of(rises=0.02, minimum=0.02) == [("price", 0.02, "2 rises")]


def test_what_lowers_the_risk_is_no_reason():
    assert of(rises=-0.5, minimum=0.0) == NOTHING


@pytest.mark.parametrize(("drop", "speaks"), [(-0.11, True), (-0.1, True), (-0.09, False), (None, False)])
def test_a_sentence_is_used_only_where_it_makes_sense(drop, speaks):
    assert (of(drop=0.3, values={"drop": drop}) != NOTHING) == speaks


def test_a_reason_whose_loudest_feature_cannot_speak_is_told_by_another():
    assert of(drop=0.5, trend=0.1, values={"drop": 0.3}) == [("usage_drop", 0.6, "trend -0.10")]
    assert of(silent=0.5, rises=0.1) == [("price", 0.6, "2 rises")]
    assert of(silent=0.5, rises=-0.1) == NOTHING


def test_what_nobody_can_act_on_is_no_reason():
    assert of(age=2.0) == NOTHING
    assert of("zh", age=2.0) == [("none", 0.0, "无明确原因")]


def test_a_name_speaks_and_a_missing_name_does_not():
    assert of(plan=0.2) == [("contract", 0.2, "plan max")]
    assert of(plan=0.2, values={"plan": None}) == NOTHING


def test_the_language_of_the_run():
    assert of("zh", drop=0.2) == [("usage_drop", 0.2, "用量 -50%")]


def test_each_candidate_has_their_own_reasons():
    keys = pd.DataFrame({"subscriber_id": ["a", "b", "c"], "as_of": [DATES[0]] * 3})
    given = pd.DataFrame([USUAL, USUAL | {"rises": 5.0}, USUAL])
    weights = np.zeros((1, 3, len(NAMES)))
    weights[0, 0, NAMES.index("drop")] = 0.3
    weights[0, 1, NAMES.index("rises")] = 0.2
    texts = reason_rows(keys, given, weights, DICTIONARY, "en", rules(), given, NONE).set_index("subscriber_id")["text"]
    assert texts.to_dict() == {"a": "use -50%", "b": "5 rises", "c": "no clear reason"}


def test_without_candidates_there_are_no_reasons():
    keys = pd.DataFrame({"subscriber_id": [], "as_of": []})
    none = np.empty((1, 0, len(NAMES)))
    given = pd.DataFrame([USUAL]).head(0)
    assert reason_rows(keys, given, none, DICTIONARY, "en", rules(), given, NONE).empty


def test_a_reason_that_the_parts_of_the_model_do_not_agree_on_is_withheld():
    """In one part each: usage raises the risk, or price does. Both have the plan on the second place."""
    flips = {"drop": [0.5, 0.0], "rises": [0.0, 0.5], "plan": [0.2, 0.2]}
    assert of(**flips) == [("contract", 0.2, "plan max")]
    assert of(**{name: flips[name] for name in ("drop", "rises")}) == NOTHING
    assert of(drop=[0.5, 0.1], rises=[0.1, 0.5], agreed_top=2) == [
        ("price", 0.3, "2 rises"),
        ("usage_drop", 0.3, "use -50%"),
    ]
    assert of(drop=[0.5, 0.1], rises=[0.1, 0.5], agreed_top=1) == NOTHING


def test_a_reason_weighs_what_the_parts_say_on_average():
    assert of(drop=[0.5, 0.1]) == [("usage_drop", 0.3, "use -50%")]


# Dates are 2025-01-01 to 2025-09-01; of the newest no outcome is known.
PAST = """
contact_id | subscriber_id | contacted_on | campaign_id | action   | arm
1          | s0001         | 2025-02-01   | tried       | check_in | treated
2          | s0001         | 2025-03-31   | tried       | check_in | treated
3          | s0001         | 2025-03-10   | tried       | check_in | control
4          | s0002         | 2025-02-28   | tried       | check_in | control
5          | s0003         | 2025-02-10   | sales       | check_in | treated
6          | s0004         | 2025-02-10   |             | check_in | treated
7          | s0005         | 2025-02-10   |             | check_in | control
8          | s0006         | 2025-09-10   | tried       | check_in | treated
9          | s0007         | 2024-12-31   | tried       | check_in | control
"""


@pytest.fixture(scope="module")
def explained(tmp_path_factory):
    root = learnable(tmp_path_factory.mktemp("explained"), per_date=120)
    run(
        root,
        "train",
        train={"max_rounds": 30, "early_stopping_rounds": 10, "minimum_category_rows": 10, "calibration": ["none"]},
    )
    run(root, "score")
    worth = [
        {"subscriber_id": row["subscriber_id"], "as_of": row["as_of"], "value_at_risk": float(k % 7)}
        for k, row in enumerate(read(root, scores.TABLE))
    ]
    given = [row | {"margin_source": "bills", "tier": "key"} for row in worth]
    save(root, values.TABLE, table(values.TABLE, given))
    save(root, contacts.TABLE, table(contacts.TABLE, PAST))
    run(root, "explain", explain={"max_candidates": 30})
    return root, {(row["subscriber_id"], row["as_of"]): row["value_at_risk"] for row in worth}


def test_contributions_add_up_to_the_raw_score(explained):
    root, _ = explained
    chances = {(row["subscriber_id"], row["as_of"]): row["churn_probability"] for row in read(root, scores.TABLE)}
    candidates = read(root, reasons.CANDIDATES)
    assert len({row["base_score"] for row in candidates}) == 1
    for row in candidates:
        chance = chances[row["subscriber_id"], row["as_of"]]
        assert row["raw_score"] == pytest.approx(np.log(chance / (1 - chance)), abs=1e-6)


def test_those_with_the_most_value_at_risk_are_explained(explained):
    root, worth = explained
    for as_of in (DATES[6], DATES[8]):
        order = sorted((-value, who) for (who, day), value in worth.items() if day == as_of)
        candidates = {row["subscriber_id"] for row in read(root, reasons.CANDIDATES) if row["as_of"] == as_of}
        assert candidates == {who for _, who in order[:30]}


def test_every_candidate_has_at_least_one_line(explained):
    root, _ = explained
    with_reasons = {(row["subscriber_id"], row["as_of"]) for row in read(root, reasons.TABLE)}
    assert with_reasons == {(row["subscriber_id"], row["as_of"]) for row in read(root, reasons.CANDIDATES)}


def test_randomised_contacts_of_the_past_are_explained_at_the_start_of_their_month(explained):
    """A campaign without both arms teaches nothing, nor a contact before the first as_of or without an outcome."""
    root, _ = explained
    expected = {("s0001", DATES[1]), ("s0001", DATES[2]), ("s0002", DATES[1])}
    for contract in (reasons.CONTACTS, reasons.CONTACT_SCORES):
        assert {(row["subscriber_id"], row["as_of"]) for row in read(root, contract)} == expected


def test_a_contact_is_scored_as_the_final_model_scores_it(explained):
    """What score says of a row that the model has not seen, explain says of the same row as a contact."""
    root, _ = explained
    scored = {(row["subscriber_id"], row["as_of"]): row for row in read(root, scores.TABLE)}
    day = DATES[6]
    lines = f"1 | s0001 | {day} | tried | check_in | treated\n 2 | s0002 | {day} | tried | check_in | control"
    head = "contact_id | subscriber_id | contacted_on | campaign_id | action | arm"
    save(root, contacts.TABLE, table(contacts.TABLE, f"{head}\n{lines}"))
    run(root, "explain", explain={"max_candidates": 30})
    contact_scores = read(root, reasons.CONTACT_SCORES)
    assert [row["subscriber_id"] for row in contact_scores] == ["s0001", "s0002"]
    for row in contact_scores:
        for name in reasons.CONTACT_SCORES.column_names[2:]:
            assert row[name] == pytest.approx(scored[row["subscriber_id"], day][name], abs=1e-12)


def test_of_too_many_contacts_the_newest_are_explained(explained):
    root, _ = explained
    save(root, contacts.TABLE, table(contacts.TABLE, PAST))
    run(root, "explain", explain={"max_candidates": 30, "max_contacts": 2})
    keys = [(row["subscriber_id"], row["as_of"]) for row in read(root, reasons.CONTACT_SCORES)]
    assert keys == [("s0001", DATES[1]), ("s0001", DATES[2])]


def test_a_sentence_may_tell_another_feature_that_the_model_does_not_have():
    dictionary = DICTIONARY.assign(sentence_en="use {value:.0%}[ to {minutes:.0f} min]")
    keys = pd.DataFrame({"subscriber_id": ["a", "b"], "as_of": [DATES[0]] * 2})
    given = pd.DataFrame([USUAL, USUAL])
    weights = np.zeros((1, 2, len(NAMES)))
    weights[0, :, NAMES.index("drop")] = 0.3
    for facts, second in ((given.assign(minutes=[12.0, np.nan]), "use -50%"), (given, "use -50%")):
        texts = reason_rows(keys, given, weights, dictionary, "en", rules(), facts, NONE).set_index("subscriber_id")[
            "text"
        ]
        assert texts["a"] == ("use -50% to 12 min" if "minutes" in facts else "use -50%")
        assert texts["b"] == second
