"""The commands around the list, as they are typed."""

from __future__ import annotations

import pytest
import yaml

from savedesk.cli.app import app
from savedesk.errors import DataContractError, MissingInputError, ParamsError
from savedesk.operations.review import replay
from savedesk.operations.review.replay import Difference, Replayed
from savedesk.params.load import overlay


def typed(root, *words):
    return app([*words, "--root", str(root)], standalone_mode=False)


def test_a_sheet_of_which_no_row_is_accepted_ends_in_3(ten, capsys):
    path = ten.root / "bad.csv"
    path.write_text("subscriber_id,contacted_on,outcome\nzz,2025-07-03,accepted\n", encoding="utf-8")
    assert typed(ten.root, "outcomes", "import", str(path)) == 3
    assert "1 = 0 accepted + 1 rejected + 0 without an outcome yet" in capsys.readouterr().out
    path.write_text("subscriber_id,contacted_on,outcome\na,2025-07-03,accepted\nzz,2025-07-03,accepted\n")
    assert not typed(ten.root, "outcomes", "import", str(path))


def test_a_row_that_differs_ends_in_5(ten, capsys, monkeypatch):
    differences = [Difference("margin", 20.0, 21.0)]
    monkeypatch.setattr(replay, "replayed", lambda _root, receipt: Replayed(receipt, "list", "a", 29, differences))
    assert typed(ten.root, "list", "replay", "r") == 5
    assert "different: a  r: 1 of 29 figures differ" in capsys.readouterr().out
    differences.clear()
    assert not typed(ten.root, "list", "replay", "r")
    assert "equal: a  r: all 29 figures come out again" in capsys.readouterr().out


def test_mistakes_end_in_one_line(ten):
    with pytest.raises(ParamsError, match="no subscriber has the id"):
        typed(ten.root, "list", "show", "nobody")
    with pytest.raises(MissingInputError, match="no list of an earlier as_of"):
        typed(ten.root, "list", "diff")
    with pytest.raises(ParamsError, match="is no receipt"):
        typed(ten.root, "list", "replay", "x")


def test_before_the_first_list_each_of_them_says_what_to_run(ten, tmp_path):
    (tmp_path / "params.yaml").write_bytes((ten.root / "params.yaml").read_bytes())
    for words in (("list", "show", "a"), ("list", "diff")):
        with pytest.raises(MissingInputError, match="run `savedesk prioritise`"):
            typed(tmp_path, *words)


def changed(root, **policy):
    params = root / "params.yaml"
    other = overlay(yaml.safe_load(params.read_text(encoding="utf-8")), {"prioritise": policy})
    params.write_text(yaml.safe_dump(other, allow_unicode=True, sort_keys=False), encoding="utf-8")


def test_plan_says_that_the_policy_is_another_than_that_of_the_list(ten, capsys):
    """Other limits are what it plans with; other rates are not in the list's options yet."""
    changed(ten.root, budget=3.0, channels={"call": {"hours": 2.0}})
    typed(ten.root, "plan")
    assert capsys.readouterr().err == ""
    changed(ten.root, strength_weight=0.1)
    typed(ten.root, "plan")
    assert "the section prioritise has changed since the newest list was made" in capsys.readouterr().err


def test_a_damaged_table_ends_plan_before_it_prints(ten, capsys):
    for table in ("list", "options", "decisions"):
        path = ten.root / "data" / "prioritise" / f"{table}.parquet"
        kept = path.read_bytes()
        path.write_bytes(b"junk")
        with pytest.raises(DataContractError, match="damaged, or written by another version"):
            typed(ten.root, "plan")
        path.write_bytes(kept)
    assert capsys.readouterr().out == ""


def test_plan_needs_an_open_option(office):
    """Nobody may be contacted: there is nothing to plan with."""
    decided = office({"a": {"contact_allowed": False}}, keep=False)
    with pytest.raises(MissingInputError, match="no option is open as of 2025-07-01"):
        typed(decided.root, "plan", "--budget", "5")
