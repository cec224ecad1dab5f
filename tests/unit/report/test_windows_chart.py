"""The diagram of the windows: a line for each day of decision, with parts that follow each other."""

from __future__ import annotations

import pytest
from tests.unit.report.conftest import window

from savedesk.stages.report.messages import messages_in
from savedesk.stages.report.windows import PARTS, windows_chart
from savedesk.stages.report.wording import Wording

ENGLISH = Wording("en", "CNY")


def of_part(drawn, part):
    return [row for row in drawn["rows"] if row["part"] == ENGLISH.say(f"windows_{part}")]


def test_the_windows_follow_each_other_without_a_gap(report_inputs):
    drawn = windows_chart(report_inputs(), ENGLISH)
    for earlier, later in zip(list(PARTS)[:-1], list(PARTS)[1:], strict=True):
        ends, starts = (
            [row[key] for row in of_part(drawn, part)] for part, key in ((earlier, "last"), (later, "first"))
        )
        assert ends == starts
    assert [row["first"] for row in of_part(drawn, "lead")] == ["2024-11-01", "2024-12-01", "2025-02-01", "2025-06-01"]


def test_who_leaves_after_the_newest_day_of_decision_is_not_known_yet(report_inputs):
    said = " ".join(row["said"] for row in windows_chart(report_inputs(), ENGLISH)["rows"])
    assert said.count("7 of 200 left") == 3
    assert said.count("how many of 200 leave is not known yet") == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_line_says_its_day_and_what_it_is_for(report_inputs, language):
    messages = messages_in(language)
    drawn = windows_chart(report_inputs(language=language), Wording(language, "CNY"))
    names = {row["line"] for row in drawn["rows"]}
    assert f"2024-11-01  {messages['role_train']}{messages['windows_fold'].format(number=1)}" in names
    assert f"2025-06-01  {messages['role_score']}" in names
    assert drawn["note"] == messages["windows_note"].format(train=1, embargo=1, test=1, score=1)


def test_a_snapshot_has_words_in_place_of_a_calendar(report_inputs):
    block = windows_chart(report_inputs(windows=[window("2025-06-01", "train", known=False)]), ENGLISH)
    assert block["kind"] == "note"
    assert block["text"] == ENGLISH.say("windows_snapshot")
