"""What a killed run had judged is not fitted again, and the result is the same to the byte."""

from __future__ import annotations

import json
import shutil

import pytest
from tests.learning import learnable
from tests.tables import read, run, save, table

from savedesk.schemas import cohort
from savedesk.stages.train import journal

QUICK = {
    "max_rounds": 12,
    "early_stopping_rounds": 3,
    "minimum_category_rows": 10,
    "types_max_rounds": 3,
    "bags": 1,
    "scarce_recipe": {"min_data_in_leaf": 10},
}
KEPT = "data/.kept/train"


class Counted:
    """Fits, until it is killed."""

    def __init__(self, monkeypatch):
        self.fits, self.most, self._fit = 0, None, journal.fit_watched
        monkeypatch.setattr(journal, "fit_watched", self)

    def __call__(self, *given):
        if self.fits == self.most:
            raise KeyboardInterrupt
        self.fits += 1
        return self._fit(*given)


@pytest.fixture
def counted(monkeypatch):
    return Counted(monkeypatch)


def train(root, **changes):
    return run(root, "train", train=QUICK | changes)


def result(root):
    names = ("data/train", "models/trained", "metrics")
    return {path.relative_to(root): path.read_bytes() for name in names for path in (root / name).rglob("*.*")}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return a project after one run, the files of its result, and how many fits of trials it took."""
    root = learnable(tmp_path_factory.mktemp("whole"), per_date=120)
    with pytest.MonkeyPatch.context() as patch:
        counted = Counted(patch)
        assert train(root).notes == ()
    return root, result(root), counted.fits


def copied(whole, tmp_path):
    return shutil.copytree(whole[0], tmp_path / "copy")


def test_a_killed_run_goes_on_where_it_was_and_ends_in_the_same_bytes(whole, tmp_path, counted):
    _, expected, every = whole
    killed = learnable(tmp_path, per_date=120)
    counted.most = 9
    with pytest.raises(KeyboardInterrupt):
        train(killed)
    counted.most = None
    assert train(killed).notes == (f"9 of {every} fits of trials were kept from an earlier run",)
    assert counted.fits == every
    assert result(killed) == expected


@pytest.mark.parametrize("threads", [1, 2])
def test_a_repeated_run_fits_no_trial_and_ends_in_the_same_bytes(whole, tmp_path, counted, threads):
    root, (_, expected, every) = copied(whole, tmp_path), whole
    assert train(root, threads=threads).notes == (f"{every} of {every} fits of trials were kept from an earlier run",)
    assert result(root) == expected
    assert counted.fits == 0


def test_other_settings_are_fitted_anew_and_what_is_of_no_use_any_more_is_removed(whole, tmp_path):
    root = copied(whole, tmp_path)
    before = {path.name for path in (root / KEPT).iterdir()}
    assert train(root, seed=8).notes == ()
    assert not before & {path.name for path in (root / KEPT).iterdir()}


def test_other_rows_are_fitted_anew(whole, tmp_path):
    root = copied(whole, tmp_path)
    rows = read(root, cohort.TABLE)
    rows[0]["churned"] = not rows[0]["churned"]  # of the first date: every fold learns from it
    save(root, cohort.TABLE, table(cohort.TABLE, rows))
    assert train(root).notes == ()


def test_a_damaged_file_is_fitted_anew(whole, tmp_path, counted):
    root = copied(whole, tmp_path)
    cut, changed, *_ = sorted((root / KEPT).iterdir())
    cut.write_text(cut.read_text()[:1000])
    kept = json.loads(changed.read_text())
    changed.write_text(json.dumps(kept | {"booster": kept["booster"].replace("leaf_value=", "leaf_value=1", 1)}))
    train(root)
    assert counted.fits == 2
    assert result(root) == whole[1]
