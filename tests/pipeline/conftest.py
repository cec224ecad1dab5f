"""Whole runs are made once for all tests of a worker."""

from __future__ import annotations

import pytest
from tests.audit.watched import Watch, watched_stages
from tests.project import make_project

SMALL = {
    "simulator": {"subscribers": 1500},
    "cohort": {"minimum_history_months": 10, "folds": 2},  # six months to learn from
    "train": {"max_rounds": 120, "tuned_trials": 0, "tuning_cells": 5_000_000, "bags": 1},  # two recipes
    "evaluate": {"bootstrap_rounds": 40},
    "explain": {"max_candidates": 300},
}


@pytest.fixture(autouse=True)
def _own_tracking_store(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.delenv("SAVEDESK_RAW", raising=False)


@pytest.fixture(scope="session")
def watched(tmp_path_factory):
    """A small simulated operator's project, what each stage did, and what their process was seen to do."""
    home = make_project(tmp_path_factory.mktemp("run") / "simulated", "simulated", **SMALL)
    watch = Watch(tmp_path_factory.mktemp("watch"))
    return home, watched_stages(home, watch), watch


@pytest.fixture(scope="session")
def simulated(watched):
    return watched[:2]
