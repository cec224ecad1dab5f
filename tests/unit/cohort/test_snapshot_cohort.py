"""The cohort of a snapshot: given labels, stratified folds, twins kept together."""

from __future__ import annotations

from collections import Counter

from tests.tables import project, read, run

from savedesk.schemas import attributes, cohort, labels, subscribers


def cohort_of(root, churned, alike=None, **params):
    """Make the cohort of subscribers with a given label; ``alike`` maps one to the value of its attribute."""
    alike = alike or {}
    day = "2025-06-01"
    given = {
        subscribers.TABLE: [{"subscriber_id": who} for who in churned],
        attributes.TABLE: [{"subscriber_id": who, "colour": alike.get(who, who)} for who in churned],
        labels.TABLE: "subscriber_id | as_of | churned\n"
        + "\n".join(f"{k} | {day} | {str(v).lower()}" for k, v in churned.items() if v is not None),
    }
    run(project(root, given, kind="snapshot", as_of=day), "cohort", cohort=params)
    return {row["subscriber_id"]: row for row in read(root, cohort.TABLE)}


def test_who_has_no_label_is_scored_and_never_trained_on(tmp_path):
    rows = cohort_of(tmp_path, {"a": True, "b": False, "c": None})
    assert {who: row["role"] for who, row in rows.items()} == {"a": "train", "b": "train", "c": "score"}
    assert rows["c"]["fold"] is None
    assert rows["c"]["churned"] is None
    assert rows["c"]["churn_type"] is None
    assert rows["a"]["churn_type"] == "cancelled"
    assert rows["b"]["churn_type"] is None


def test_twins_are_in_one_fold(tmp_path):
    people = {f"s{k}": k % 3 == 0 for k in range(60)}
    alike = {f"s{k}": f"colour {k // 4}" for k in range(60)}
    rows = cohort_of(tmp_path, people, alike, snapshot_folds=5)
    for colour in set(alike.values()):
        assert len({rows[who]["fold"] for who in people if alike[who] == colour}) == 1


def test_every_fold_has_its_share_of_churners(tmp_path):
    people = {f"s{k}": k % 5 == 0 for k in range(100)}
    rows = cohort_of(tmp_path, people, snapshot_folds=4)
    assert Counter(row["fold"] for row in rows.values()) == {1: 25, 2: 25, 3: 25, 4: 25}
    assert Counter(row["fold"] for row in rows.values() if row["churned"]) == {1: 5, 2: 5, 3: 5, 4: 5}


def test_the_seed_draws_the_folds(tmp_path):
    people = {f"s{k}": k % 5 == 0 for k in range(40)}
    folds = [
        {who: row["fold"] for who, row in cohort_of(tmp_path / str(n), people, seed=seed).items()}
        for n, seed in enumerate((7, 7, 8))
    ]
    assert folds[0] == folds[1] != folds[2]
