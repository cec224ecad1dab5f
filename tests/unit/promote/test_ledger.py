"""The ledger: a line a promotion, whole whatever happens."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from savedesk.errors import DataContractError
from savedesk.operations.promote.ledger import LEDGER, append, current, read_ledger

ENTRY = {"when": "2026-01-01", "who": "kim", "source": "mine", "run": "a", "run_id": "a", "run_name": "a"}
ENTRY |= {"version": "1", "verdict": "passed", "why": "better"}
WRITER = """
import sys
from pathlib import Path
from savedesk.operations.promote.ledger import append
root, who, entry = Path(sys.argv[1]), sys.argv[2], eval(sys.argv[3])
for number in range(60):
    append(root, entry | {"who": who, "version": str(number), "why": who * 3000})
"""


def test_two_promotions_at_once_do_not_tear_the_ledger(tmp_path):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), who, repr(ENTRY)]) for who in "ab"]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    entries = read_ledger(tmp_path)
    for who in "ab":
        own = [entry for entry in entries if entry["who"] == who]
        assert [entry["version"] for entry in own] == [str(number) for number in range(60)]
        assert all(entry["why"] == who * 3000 for entry in own)


def test_the_newest_line_of_a_source_is_its_champion(tmp_path):
    assert current(tmp_path, "mine") is None
    for source, version in (("mine", "1"), ("mine", "2"), ("other", "9")):
        append(tmp_path, ENTRY | {"source": source, "version": version})
    assert current(tmp_path, "mine")["version"] == "2"


def test_a_reason_of_several_lines_stays_one_line(tmp_path):
    append(tmp_path, ENTRY | {"why": 'two\nlines, "quoted", 中文'})
    assert (tmp_path / LEDGER).read_text(encoding="utf-8").count("\n") == 1
    assert read_ledger(tmp_path)[0]["why"] == 'two\nlines, "quoted", 中文'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}\n", "line 1 lacks 'when'"),
        (json.dumps(ENTRY) + "\n[1]\n", "line 2 lacks 'when'"),
        (json.dumps(ENTRY) + "\n\n", "line 2 is not JSON"),
        (json.dumps(ENTRY)[:40], "line 1 does not end"),
    ],
)
def test_a_broken_line_is_named(tmp_path, text, said):
    (tmp_path / LEDGER).parent.mkdir()
    (tmp_path / LEDGER).write_text(text)
    with pytest.raises(DataContractError, match=said):
        read_ledger(tmp_path)
