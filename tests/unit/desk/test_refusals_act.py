"""Who asked not to be called is not called, whatever else is wrong with the row that says so."""

from __future__ import annotations

import datetime as dt

import pyarrow.parquet as pq
import pytest
from tests.unit.desk.conftest import DAY

from savedesk.operations.outcomes.command import import_outcomes
from savedesk.schemas.outcomes import FOLDER, REPORTED_FILE

TODAY = dt.date(2025, 8, 20)
HEAD = "subscriber_id,contacted_on,channel,action,outcome,note"


@pytest.fixture
def report(ten):
    def imported(*lines, today=TODAY):
        path = ten.root / "sheet.csv"
        path.write_text("\n".join([HEAD, *lines]), encoding="utf-8")
        return import_outcomes(ten.root, path, today)

    imported.root = ten.root
    return imported


def refused(root) -> dict[str, dt.date]:
    rows = pq.read_table(root / FOLDER / "mine" / str(DAY) / REPORTED_FILE).to_pylist()
    return {row["subscriber_id"]: row["contacted_on"] for row in rows if row["outcome"] == "asked_not_to_call"}


@pytest.mark.parametrize("day", ["", "03/07/2025", "2031-01-01", "2019-01-01"])
def test_a_refusal_without_a_day_that_can_be_used_has_that_of_the_import(report, day) -> None:
    imported = report(f"a,{day},call,,asked_not_to_call,", "b,,call,,declined,")
    assert refused(report.root) == {"a": TODAY}
    assert (imported.rows, len(imported.validated.accepted), len(imported.validated.rejected)) == (2, 1, 1)
    (line,) = imported.refusals
    assert "the refusal counts all the same" in line
    assert "2025-08-20, the day of the import" in line
    assert "'a'" in line


@pytest.mark.parametrize("cells", ["telepathy,,", ",free_lunch,", f",,{'x' * 1001}", "visit,service_recovery,"])
def test_other_wrong_cells_of_the_row_are_said_and_left_out(report, cells) -> None:
    channel, action, note = cells.split(",")
    imported = report(f"a,2025-07-03,{channel},{action},asked_not_to_call,{note}")
    assert refused(report.root) == {"a": dt.date(2025, 7, 3)}
    assert not imported.validated.rejected
    assert "day of the import" not in "".join(imported.refusals)


def test_of_rows_that_contradict_each_other_the_refusal_counts(report) -> None:
    imported = report("a,2025-07-03,,,asked_not_to_call,", "a,2025-07-03,,,accepted,")
    assert refused(report.root) == {"a": dt.date(2025, 7, 3)}
    assert [rejected.rule for rejected in imported.validated.rejected] == ["contradiction"]


def test_an_import_once_more_on_another_day_adds_none(report) -> None:
    line = "a,,call,,asked_not_to_call,"
    report(line)
    again = report(line, today=dt.date(2025, 8, 25))
    assert (again.added, again.corrected, again.known) == (0, 0, 1)
    assert refused(report.root) == {"a": TODAY}


def test_refusals_of_ids_that_nobody_has_are_said_in_a_line_of_their_own(report) -> None:
    imported = report(
        "zz,2025-07-03,,,asked_not_to_call,", ",2025-07-03,,,asked_not_to_call,", "yy,2025-07-03,,,declined,"
    )
    (line,) = imported.refusals
    assert line.startswith("2 rejected rows are refusals (asked_not_to_call) and count for nobody, for example 'zz'")
    assert len(imported.validated.rejected) == 3


def test_a_refusal_with_the_day_of_the_import_teaches_nothing_about_a_list_that_has_ended(report) -> None:
    imported = report("a,,call,,asked_not_to_call,")
    (campaign,) = imported.campaigns.values()
    assert (campaign.worked, campaign.reported, campaign.late) == (0, 0, 1)
