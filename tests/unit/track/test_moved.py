"""A project folder that is moved or copied takes its runs along, and never writes into the place where it was."""

import shutil
import sqlite3

import pytest

from savedesk.stages.track.moved import ARTIFACTS, bring_along
from savedesk.stages.track.registry import fetch_model
from savedesk.stages.track.store import LOCAL, address, connected

EXPERIMENT, MODEL = "savedesk/acme", "savedesk-acme"
FILES = ("churn.txt", "types.txt", "survival.txt", "model.json")


@pytest.fixture(autouse=True)
def own_store(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


def track(root, word):
    """Log a run with a registered model, as stage track does: a model is a folder of the run's files here."""
    with connected(address(root), root) as mlflow:
        client = mlflow.MlflowClient()
        there = client.get_experiment_by_name(EXPERIMENT)
        place = (root / ARTIFACTS).as_uri()
        experiment = there.experiment_id if there else client.create_experiment(EXPERIMENT, place)
        run = client.create_run(experiment).info
        for name in FILES:
            client.log_text(run.run_id, word, f"model/artifacts/{name}")
        if not there:
            client.create_registered_model(MODEL)
        version = client.create_model_version(MODEL, f"{run.artifact_uri}/model", run.run_id)
        client.set_registered_model_alias(MODEL, "champion", version.version)


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A project with one run; making its store takes MLflow several seconds, so tests begin with copies of it."""
    root = tmp_path_factory.mktemp("place") / "the original é"
    root.mkdir()
    (root / "params.yaml").write_text("source: acme\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        track(root, "first")
    return root


@pytest.fixture
def old(original, tmp_path):
    """A copy that has followed to its place."""
    root = shutil.copytree(original, tmp_path / "old place é")
    bring_along(root, root / LOCAL)
    return root


def model_of(root, wanted, into):
    into.mkdir()
    fetch_model(root, "acme", wanted, into)
    return {(into / name).read_text() for name in FILES}


def everything(folder):
    return sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and ".db" not in path.name
    )


@pytest.mark.parametrize("name", ["moved", "neu hier", "Müll 项目", "50%25 of it", "no #1", "what?", "it's"])
def test_a_moved_project_finds_its_models_and_writes_into_itself(old, tmp_path, name, capsys):
    new = tmp_path / name
    old.rename(new)
    assert model_of(new, "1", tmp_path / "one") == {"first"}
    said = capsys.readouterr().err
    assert f"{LOCAL} named files in {old}" in said
    track(new, "second")
    assert model_of(new, "champion", tmp_path / "two") == {"second"}
    assert not old.exists()
    assert len(everything(new / ARTIFACTS)) == 2 * len(FILES)
    assert capsys.readouterr().err == ""  # said once


def test_a_copy_and_its_original_keep_to_themselves(old, tmp_path):
    new = shutil.copytree(old, tmp_path / "new")
    before = everything(old)
    (new / ARTIFACTS / "mark").write_text("of the copy")
    track(new, "of the copy")
    assert everything(old) == before
    track(old, "of the original")
    assert model_of(new, "champion", tmp_path / "one") == {"of the copy"}
    assert model_of(old, "champion", tmp_path / "two") == {"of the original"}
    assert model_of(new, "1", tmp_path / "three") == {"first"}
    shutil.rmtree(old)
    assert model_of(new, "1", tmp_path / "four") == {"first"}


def test_what_an_older_version_wrote_into_the_old_place_is_still_found(old, tmp_path):
    new = shutil.copytree(old, tmp_path / "new")
    track(old, "written there by the new folder")
    shutil.copy(old / LOCAL, new / LOCAL)
    assert model_of(new, "2", tmp_path / "one") == {"written there by the new folder"}
    assert model_of(new, "1", tmp_path / "two") == {"first"}
    track(new, "third")
    assert len(everything(new / ARTIFACTS)) == 2 * len(FILES)


def test_files_that_were_put_elsewhere_on_purpose_stay_there(old, tmp_path):
    root, shared = old, tmp_path / "shared disk"
    (shared / ARTIFACTS).mkdir(parents=True)
    with connected(address(root), root) as mlflow:
        mlflow.MlflowClient().create_experiment("savedesk/shared", (shared / ARTIFACTS).as_uri())
        mlflow.MlflowClient().create_experiment("of somebody else", "/nowhere/mlartifacts")
    assert bring_along(root, root / LOCAL) == ""
    with sqlite3.connect(root / LOCAL) as store:
        places = dict(store.execute("SELECT name, artifact_location FROM experiments").fetchall())
    assert places["savedesk/shared"] == (shared / ARTIFACTS).as_uri()
    assert places["of somebody else"] == "/nowhere/mlartifacts"


def test_a_store_of_the_users_own_is_left_alone(old, tmp_path, monkeypatch):
    store = shutil.copy(old / LOCAL, tmp_path / "elsewhere.db")
    before = (tmp_path / "elsewhere.db").read_bytes()
    new = tmp_path / "new"
    old.rename(new)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{store}")
    with connected(address(new), new) as mlflow:
        assert mlflow.MlflowClient().get_experiment_by_name(EXPERIMENT).artifact_location == (old / ARTIFACTS).as_uri()
    assert (tmp_path / "elsewhere.db").read_bytes() == before


def test_a_project_that_is_reached_by_a_link_is_the_same_place(old, tmp_path):
    (tmp_path / "link").symlink_to(old, target_is_directory=True)
    assert bring_along(tmp_path / "link", tmp_path / "link" / LOCAL) == ""


def test_no_store_and_an_empty_one_are_nothing_to_follow(tmp_path):
    assert bring_along(tmp_path, tmp_path / LOCAL) == ""
    sqlite3.connect(tmp_path / LOCAL).close()
    assert bring_along(tmp_path, tmp_path / LOCAL) == ""
