"""The commands around the list, as they are typed."""

from __future__ import annotations

import pytest

from savedesk.__main__ import app
from savedesk.desk import replay
from savedesk.desk.replay import Difference, Replayed
from savedesk.errors import MissingInputError, ParamsError


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
    found = [Difference("margin", 20.0, 21.0)]
    monkeypatch.setattr(replay, "replayed", lambda _root, receipt: Replayed(receipt, "list", "a", 29, found))
    assert typed(ten.root, "list", "replay", "r") == 5
    assert "different: a  r: 1 of 29 figures differ" in capsys.readouterr().out
    found.clear()
    assert not typed(ten.root, "list", "replay", "r")
    assert "equal: a  r: all 29 figures come out again" in capsys.readouterr().out


def test_mistakes_end_in_one_line(ten):
    with pytest.raises(ParamsError, match="no subscriber has the id"):
        typed(ten.root, "list", "show", "nobody")
    with pytest.raises(MissingInputError, match="no older list"):
        typed(ten.root, "list", "diff")
    with pytest.raises(ParamsError, match="is no receipt"):
        typed(ten.root, "list", "replay", "x")


def test_before_the_first_list_each_of_them_says_what_to_run(ten, tmp_path):
    (tmp_path / "params.yaml").write_bytes((ten.root / "params.yaml").read_bytes())
    for words in (("list", "show", "a"), ("list", "diff")):
        with pytest.raises(MissingInputError, match="run `savedesk prioritise`"):
            typed(tmp_path, *words)
