"""Which rows a fold may learn from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from savedesk.stages.train.folds import folds, set_aside, thinned


def rows(text):
    names, *lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    frame = pd.DataFrame(lines, columns=names).replace("", None)
    return frame.assign(
        fold=pd.to_numeric(frame["fold"]),
        as_of=pd.to_datetime(frame["as_of"]),
        label_known_on=pd.to_datetime(frame["label_known_on"]),
    )


def test_a_dated_fold_learns_from_labels_known_by_then():
    given = rows("""
    fold | as_of      | label_known_on
         | 2025-01-01 | 2025-04-16
         | 2025-02-01 | 2025-05-01
    1    | 2025-05-01 | 2025-08-14
    2    | 2025-06-01 | 2025-09-14
    """)
    masks = [(number, learn.tolist(), here.tolist()) for number, learn, here in folds(given)]
    assert masks == [
        (1, [True, True, False, False], [False, False, True, False]),
        (2, [True, True, False, False], [False, False, False, True]),
    ]


def test_a_label_known_a_day_late_is_not_learnt_from():
    given = rows("""
    fold | as_of      | label_known_on
         | 2025-01-01 | 2025-05-02
    1    | 2025-05-01 | 2025-08-14
    """)
    ((_, learn, _),) = folds(given)
    assert not learn.any()


def test_a_fold_of_a_snapshot_learns_from_the_others():
    given = rows("""
    fold | as_of      | label_known_on
    1    | 2025-01-01 |
    2    | 2025-01-01 |
    1    | 2025-01-01 |
    """)
    assert [(n, learn.tolist()) for n, learn, _ in folds(given)] == [
        (1, [False, True, False]),
        (2, [True, False, True]),
    ]


def test_all_rows_of_a_subscriber_are_set_aside_together():
    ids = pd.Series([f"s{k}" for k in range(2000)] * 2)
    aside = set_aside(ids, 0.15, seed=7)
    assert (aside[:2000] == aside[2000:]).all()
    assert aside.mean() == pytest.approx(0.15, abs=0.03)
    assert (aside != set_aside(ids, 0.15, seed=8)).any()
    assert (set_aside(ids[::-1], 0.15, seed=7)[::-1] == aside).all()


def test_thinned_rows_are_of_every_as_of_alike():
    places = thinned(10_000, 1000, 7)
    assert len(set(places.tolist())) == 1000
    assert (np.diff(places) > 0).all()
    assert np.bincount(places % 10).min() > 60  # ten as_of dates a subscriber, in turn
    assert thinned(5, 10, 7).tolist() == [0, 1, 2, 3, 4]
