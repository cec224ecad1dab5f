"""From a tracked run to the champion that scores without MLflow."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest
from tests.project import Silent

from savedesk.errors import MissingInputError
from savedesk.operations.batch_scoring import score_as_of
from savedesk.operations.compare.command import held_against_first
from savedesk.operations.promote.command import UNCHANGED, promoted
from savedesk.operations.promote.ledger import read_ledger
from savedesk.operations.runs.find import find_run
from savedesk.operations.runs.kept import keep_newest_run
from savedesk.schemas import figures, scores
from savedesk.stages.track.lookup import registered, tracked_runs

pytestmark = pytest.mark.xdist_group("simulated")  # what they share is made once


@pytest.fixture(scope="module")
def home(simulated, tmp_path_factory):
    return shutil.copytree(simulated[0], tmp_path_factory.mktemp("champion") / "home", symlinks=True)


@pytest.fixture(scope="module")
def champion(home):
    """The promotion of the run, which is kept first."""
    keep_newest_run(home)
    return promoted(home, "", "a try", force=True, dry_run=False)


def test_a_kept_run_has_the_figures_that_mlflow_has(home):
    kept = keep_newest_run(home)
    tracked = tracked_runs(home, "simulated")[0]
    assert (tracked.run_id, tracked.key) == (kept.run_id, kept.key)
    mine = kept.values("metrics.json")
    shared = mine.keys() & tracked.metrics.keys()
    assert "evaluate.profit_at_capacity" in shared
    assert {name: mine[name] for name in shared} == {name: tracked.metrics[name] for name in shared}
    rows = kept.table(figures.ROWS, ("as_of", "listed", "realised_gain"))
    assert rows[rows["listed"]]["realised_gain"].sum() / rows["as_of"].nunique() == pytest.approx(
        mine["evaluate.profit_at_capacity"]
    )


def test_a_promoted_model_scores_as_the_pipeline_does_without_mlflow(home, champion):
    done = champion
    assert done.run.version == registered(home, "simulated")[1]["champion"]
    assert read_ledger(home)[-1]["run_id"] == done.run.run_id
    assert find_run(home, "simulated", "champion", "compare").same(done.run)
    assert promoted(home, "challenger", "", force=False, dry_run=False).outcome == UNCHANGED
    (home / "mlflow.db").rename(home / "away.db")
    scored = score_as_of(home, "newest", "champion", Silent(), with_list=False)
    (home / "away.db").rename(home / "mlflow.db")
    assert scored.model == "models/champion"
    keys = ["subscriber_id", "as_of"]
    every = pd.read_parquet(home / scores.TABLE.path)
    expected = every[every["role"] == "score"].sort_values(keys, ignore_index=True)
    given = pd.read_parquet(home / scored.folder / scores.TABLE.path).sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(given, expected)


@pytest.mark.usefixtures("champion")
def test_a_champion_of_another_source_is_not_taken(home):
    described = home / "models/champion/model.json"
    content = json.loads(described.read_text())
    described.write_text(json.dumps(content | {"source": "megaline"}))
    scored = score_as_of(home, "newest", "champion", Silent(), with_list=False)
    described.write_text(json.dumps(content))
    assert scored.model == "savedesk-simulated version 1 (champion)"


def test_a_run_of_another_machine_is_compared_by_its_figures_alone(home):
    """MLflow has both runs, this machine the rows of neither."""
    kept = keep_newest_run(home)
    shutil.move(kept.folder, home / "aside")
    with pytest.raises(MissingInputError, match="no previous run of simulated: there is 1"):
        held_against_first(home, ["last", "previous"])
    word = tracked_runs(home, "simulated")[0].run_id
    assert find_run(home, "simulated", word[:10], "compare").kept is None
    shutil.move(home / "aside", kept.folder)
    assert find_run(home, "simulated", word[:10], "compare").kept is not None
