"""What changed since the last list, and why."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from tests.unit.desk.conftest import office_in

from savedesk.errors import ParamsError
from savedesk.operations.review.diff import compared, no_older
from savedesk.operations.review.diff_view import tell, write_csv
from savedesk.operations.review.kept_lists import kept_lists

JUNE, JULY = dt.date(2025, 6, 1), dt.date(2025, 7, 1)
BEFORE = {
    "stays": {"value": 900.0},
    "falls": {"value": 1000.0, "p": 0.6},
    "leaves": {"value": 500.0},
    "called": {"value": 400.0},
    "small": {"value": 30.0, "p": 0.01},
}
AFTER = {
    "stays": {"value": 900.0},
    "falls": {"value": 1000.0, "p": 0.2},
    "called": {"value": 400.0},
    "small": {"value": 300.0, "p": 0.6},
    "fresh": {"value": 350.0},
}
CALLED = """
    contact_id | subscriber_id | contacted_on | arm
    1          | called        | 2025-06-20   | treated
"""


def on(day, people):
    return {name: {"as_of": day, **own} for name, own in people.items()}


@pytest.fixture(scope="module")
def months(tmp_path_factory):
    office = office_in(tmp_path_factory.mktemp("months"))
    office(on(JUNE, BEFORE))
    return office(on(JULY, AFTER), CALLED)


def rows_of(changes):
    return {row["subscriber_id"]: row for row in changes.rows.to_dict("records")}


def test_everybody_on_either_list_is_new_dropped_moved_or_stays(months):
    rows = rows_of(compared(months.root, "", ""))
    assert {name: row["change"] for name, row in rows.items()} == {
        "stays": "moved",
        "falls": "moved",
        "leaves": "dropped",
        "called": "dropped",
        "small": "new",
        "fresh": "new",
    }


def test_it_says_why(months):
    why = {name: row["because"] for name, row in rows_of(compared(months.root, "", "")).items()}
    assert why["fresh"] == "was not scored then: new, back, or not yet eligible"
    assert why["leaves"] == "is not scored now: leaving, suspended, or not eligible"
    assert why["called"] == "now: contacted 11 days ago; quiet for 30 days"
    assert why["small"].startswith("then: no action earns its cost")
    assert "risk 1.0% to 60.0%, value 30.00 to 300.00" in why["small"]
    assert why["falls"] == "gain 118.52 to 38.44; risk 60.0% to 20.0%"
    assert why["stays"] == "gain 88.50 to 88.50; others came or went"


def test_the_same_list_twice_stays(office):
    office(on(JUNE, BEFORE))
    decided = office(on(JULY, BEFORE))
    assert set(compared(decided.root, "", "").rows["change"]) == {"stays"}


def test_a_list_of_the_same_day_takes_the_place_of_the_former(office):
    office(on(JUNE, BEFORE))
    decided = office(on(JUNE, AFTER))
    assert list(kept_lists(decided.root, "mine")) == [JUNE]
    assert compared(decided.root, "", "") is None


def test_without_an_older_list_one_line_says_so(ten):
    assert compared(ten.root, "", "") is None
    assert "no list of an earlier as_of is there yet; next: " in no_older(ten.root).line()


def test_a_day_or_folder_without_a_list_is_refused(months, tmp_path):
    with pytest.raises(ParamsError, match="no list of 2024-01-01; allowed: 2025-06-01"):
        compared(months.root, "2024-01-01", "")
    with pytest.raises(ParamsError, match="no list in this folder"):
        compared(months.root, str(tmp_path), "")
    assert compared(months.root, str(months.root / "data/lists/mine/2025-06-01"), "").before == JUNE


def test_all_of_it_as_csv(months, tmp_path, capsys):
    changes = compared(months.root, "", "")
    tell(changes)
    assert "List of 2025-07-01 against 2025-06-01" in capsys.readouterr().out
    write_csv(changes, tmp_path / "diff.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "diff.csv").read_bytes().decode("utf-8-sig"), newline="")))
    first = [(row["subscriber_id"], row["change"], row["rank"], row["rank_before"]) for row in rows[:2]]
    assert first == [("small", "new", "3", ""), ("fresh", "new", "4", "")]
    assert len(rows) == 6
