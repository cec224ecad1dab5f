"""Where things lie: raw folders that compete, links that move along, folders without git."""

import json
import shutil

import pytest
from tests.project import ROOT

from savedesk.errors import MissingInputError, ParamsError
from savedesk.params.choose import choose_source
from savedesk.params.raw_folder import RECORD, keep_located, raw_folder, raw_line
from savedesk.params.without_git import LOCAL_CONFIG, git_line, let_dvc_work


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.delenv("SAVEDESK_RAW", raising=False)
    root = tmp_path / "projekt mit Müll 项目"
    (root / "data/sources/acme").mkdir(parents=True)
    (root / "data/sources/acme/source.yaml").write_text("title: Acme\n")
    (root / "params.yaml").write_text("source: simulated\n")
    return root


def folder(place, **files):
    place.mkdir(parents=True)
    for name, text in files.items():
        (place / f"{name}.csv").write_text(text)
    return place


def record(root):
    keep_located(root, "acme")
    return json.loads((root / RECORD).read_text(encoding="utf-8"))


def test_what_the_variable_names_is_read_and_recorded_although_the_project_has_files(home, tmp_path, monkeypatch):
    folder(home / "data/raw/acme", people="id\n1\n")
    first = record(home)
    assert first == {"source": "acme", "folder": "data/raw/acme"}
    other = folder(tmp_path / "other month", people="id\n2\n")
    monkeypatch.setenv("SAVEDESK_RAW", str(other))
    assert raw_folder(home, "acme") == other
    second = record(home)
    assert second["folder"] == str(other)
    assert list(second["files"]) == ["people.csv"]
    assert "data/raw/acme has files of its own, which are not read" in raw_line(home, "acme")
    (other / "people.csv").write_text("id\n22\n")
    assert record(home) != second
    monkeypatch.delenv("SAVEDESK_RAW")
    assert record(home) == first


def test_the_same_folder_by_the_variable_or_by_the_link_is_the_same_to_dvc(home, tmp_path, monkeypatch):
    other = folder(tmp_path / "other", people="id\n")
    monkeypatch.setenv("SAVEDESK_RAW", str(other))
    choose_source(home, "acme", None)
    with_variable = record(home)
    monkeypatch.delenv("SAVEDESK_RAW")
    assert record(home) == with_variable == {"source": "acme", "folder": "data/raw/acme"}
    assert raw_folder(home, "acme").resolve() == other


def test_use_takes_the_subfolder_of_the_source_as_ingest_does(home, tmp_path, monkeypatch):
    folder(tmp_path / "all/acme", people="id\n")
    monkeypatch.setenv("SAVEDESK_RAW", str(tmp_path / "all"))
    choose_source(home, "acme", None)
    assert (home / "data/raw/acme/people.csv").is_file()
    assert raw_folder(home, "acme").resolve() == tmp_path / "all/acme"


def test_use_says_that_the_projects_own_files_are_not_read(home, tmp_path, monkeypatch):
    folder(home / "data/raw/acme", people="id\n1\n")
    monkeypatch.setenv("SAVEDESK_RAW", str(folder(tmp_path / "other", people="id\n2\n")))
    assert any("which are not read" in line for line in choose_source(home, "acme", None))
    assert (home / "data/raw/acme/people.csv").read_text() == "id\n1\n"


def test_two_folders_that_compete_are_refused(home, tmp_path, monkeypatch):
    first, second = folder(tmp_path / "first"), folder(tmp_path / "second")
    monkeypatch.setenv("SAVEDESK_RAW", str(first))
    with pytest.raises(ParamsError, match="but SAVEDESK_RAW names"):
        choose_source(home, "acme", second)
    monkeypatch.delenv("SAVEDESK_RAW")
    folder(home / "data/raw/acme", people="id\n")
    with pytest.raises(ParamsError, match="has files of its own"):
        choose_source(home, "acme", second)


def test_a_folder_that_is_not_there_is_refused_by_all(home, monkeypatch):
    monkeypatch.setenv("SAVEDESK_RAW", "/no/such")
    for call in (raw_folder, keep_located, raw_line):
        with pytest.raises(MissingInputError, match="SAVEDESK_RAW=/no/such: no such folder"):
            call(home, "acme")
    assert raw_line(home, "simulated") == ""


def test_a_link_into_the_project_moves_along_with_it(home, tmp_path):
    choose_source(home, "acme", folder(home / "exports", people="id\n"))
    moved = tmp_path / "moved"
    shutil.copytree(home, moved, symlinks=True)
    shutil.rmtree(home)
    assert (moved / "data/raw/acme/people.csv").is_file()


def test_a_link_to_a_folder_that_is_gone_is_not_taken_for_an_empty_one(home, tmp_path):
    other = folder(tmp_path / "disk", people="id\n")
    choose_source(home, "acme", other)
    shutil.rmtree(other)
    for call in (lambda: choose_source(home, "acme", None), lambda: keep_located(home, "acme")):
        with pytest.raises(MissingInputError, match="which is not there"):
            call()


def test_a_download_without_git_is_made_fit_for_dvc(tmp_path):
    shutil.copy(ROOT / "dvc.yaml", tmp_path)
    assert "run `savedesk use`" in git_line(tmp_path)
    (tmp_path / ".dvc").mkdir()
    (tmp_path / LOCAL_CONFIG).write_text("[core]\n    hardlink_lock = true\n")
    assert "no git here" in git_line(tmp_path)
    assert "no git here: DVC works without it" in let_dvc_work(tmp_path)
    assert (tmp_path / LOCAL_CONFIG).read_text().splitlines()[0] == "[core]"
    assert (git_line(tmp_path), let_dvc_work(tmp_path)) == ("", "")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    assert "git is here now" in let_dvc_work(tmp_path)
    assert (tmp_path / LOCAL_CONFIG).read_text() == "[core]\n    hardlink_lock = true\n"


def test_dvc_gets_its_folder_where_the_download_lost_it(tmp_path):
    shutil.copy(ROOT / "dvc.yaml", tmp_path)
    let_dvc_work(tmp_path)
    assert (tmp_path / ".dvc/config").is_file()
    assert git_line(tmp_path) == ""
