"""A save desk that handed its list over: the project folder that the commands around the list look at."""

from __future__ import annotations

import datetime as dt
import shutil
from types import SimpleNamespace

import pytest
import yaml
from tests.tables import REPO
from tests.unit.prioritise.conftest import POLICY, desk_of

from savedesk.operations.review.kept_lists import keep_newest
from savedesk.params.load import overlay
from savedesk.params.registry import SCALARS

DAY = dt.date(2025, 7, 1)


PEOPLE = {name: {"value": 1000.0 - 10 * place} for place, name in enumerate("abcdefghij")}


def office_in(root):
    """Return a function that decides on people, and leaves behind the project in which it was done."""
    (root / "data" / "sources" / "mine").mkdir(parents=True)
    (root / "data" / "sources" / "mine" / "source.yaml").write_text("title: Mine\n", encoding="utf-8")
    (root / "params").mkdir()
    shipped = yaml.safe_load((REPO / "params.yaml").read_text(encoding="utf-8"))
    own = {section: {} for section in shipped if section not in SCALARS}
    (root / "params" / "mine.yaml").write_text(yaml.safe_dump(own), encoding="utf-8")
    desk = desk_of(root, to_disk=True)

    def decide(people, *given, language="en", keep=True, **policy):
        changes = {"source": "mine", "language": language, "prioritise": overlay(POLICY, policy)}
        changed = yaml.safe_dump(overlay(shipped, changes), allow_unicode=True, sort_keys=False)
        (root / "params.yaml").write_text(changed, encoding="utf-8")
        decided = desk(people, *given, language=language, **policy)
        if keep:
            keep_newest(root, root)
        return decided

    return decide


@pytest.fixture
def office(tmp_path):
    return office_in(tmp_path)


@pytest.fixture(scope="session")
def handed_over(tmp_path_factory):
    """A list of ten that was handed over once for all tests."""
    return office_in(tmp_path_factory.mktemp("office"))(PEOPLE)


@pytest.fixture
def ten(handed_over, tmp_path):
    """The list of ten in a project of the test's own."""
    root = tmp_path / "ten"
    shutil.copytree(handed_over.root, root)
    return SimpleNamespace(**{**vars(handed_over), "root": root})
