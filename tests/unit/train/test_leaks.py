"""A feature that knows the outcome is named, and honest ones are not."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from tests.learning import learnable
from tests.tables import read, run, save, table

from savedesk.schemas import cohort, features
from savedesk.stages.train.leaks import auc_alone

QUICK = {"max_rounds": 5, "early_stopping_rounds": 5, "tuned_trials": 0, "bags": 1, "minimum_category_rows": 10}
HONEST = 0.93  # of ``drop``, from which the learnable tables draw who leaves, is 0.87
DRAW = np.random.default_rng(3)


def train(root, planted):
    """Train on the learnable tables with one more feature, made of each row's outcome."""
    learnable(root, per_date=120)
    left = {(row["subscriber_id"], row["as_of"]): row["churned"] for row in read(root, cohort.TABLE)}
    rows = [row | {"planted": planted(left[row["subscriber_id"], row["as_of"]])} for row in read(root, features.TABLE)]
    save(root, features.TABLE, table(features.TABLE, rows))
    known = read(root, features.DICTIONARY)
    dtype = "string" if isinstance(rows[0]["planted"] or planted(True), str) else "float64"
    known.append(known[0] | {"name": "planted", "dtype": dtype, "reason": None})
    save(root, features.DICTIONARY, table(features.DICTIONARY, known))
    return run(root, "train", train=QUICK, features={"suspicious_auc": HONEST}).metrics


@pytest.mark.parametrize(
    "planted",
    [
        lambda left: float(bool(left)) + DRAW.normal(scale=0.3),
        lambda left: -float(bool(left)) + DRAW.normal(scale=0.3),
        lambda left: 1.0 + DRAW.random() if left else None,  # only who left has a value
        lambda left: ("cancelling" if left else "staying") if DRAW.random() < 0.95 else "unknown",
    ],
    ids=["rises", "falls", "missing", "name"],
)
def test_a_planted_leak_is_named_in_the_summary(tmp_path, planted):
    figures = train(tmp_path, planted)
    assert figures["suspected_leaks"] == 1
    assert figures["suspected_leaks_named"].startswith("planted (AUC ")
    assert next(iter(figures)) == "suspected_leaks"  # the summary shows the first figures


def test_an_honest_feature_is_not_suspected(tmp_path):
    figures = train(tmp_path, lambda _: DRAW.normal())
    assert figures["suspected_leaks"] == 0
    assert "suspected_leaks_named" not in figures


def test_the_ranking_by_itself_is_that_of_scikit_learn_with_missing_values_at_the_better_end():
    for share in (0.0, 0.3, 1.0):
        churned = DRAW.random(300) < 0.2
        values = np.round(DRAW.normal(size=300) + churned, 1)
        values[DRAW.random(300) < share] = np.nan
        ends = [roc_auc_score(churned, np.nan_to_num(values, nan=end)) for end in (-99, 99)]
        assert auc_alone(values, churned) == pytest.approx(max(max(auc, 1 - auc) for auc in ends), abs=1e-12)
    assert auc_alone(np.arange(3.0), np.zeros(3, dtype=bool)) == 0.5
