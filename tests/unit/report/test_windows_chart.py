"""The diagram of the windows: a line for each day of decision, drawn where the calendar has it."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from tests.unit.report.conftest import window

from savedesk.report.messages import CATALOGUE
from savedesk.report.windows import COLOURS, windows_chart


def parsed(svg):
    return ET.fromstring(str(svg))  # noqa: S314 - our own drawing


def bars(svg, colour):
    found = [one for one in parsed(svg).iter("rect") if one.get("fill") == COLOURS[colour]]
    return [(float(one.get("x")), float(one.get("width"))) for one in found]


def test_the_windows_follow_each_other_without_a_gap(report_inputs):
    svg = windows_chart(report_inputs(), CATALOGUE["en"])["svg"]
    rows = zip(bars(svg, "observed"), bars(svg, "lead"), bars(svg, "outcome"), strict=True)
    for (seen, seen_width), (lead, lead_width), (outcome, width) in rows:
        assert seen + seen_width == pytest.approx(lead, abs=0.11)
        assert lead + lead_width == pytest.approx(outcome, abs=0.11)
        assert width / lead_width == pytest.approx(60 / 14, rel=0.03)
        assert seen_width / width == pytest.approx(365 / 60, rel=0.03)


def test_a_later_day_lies_further_right(report_inputs):
    svg = windows_chart(report_inputs(), CATALOGUE["en"])["svg"]
    starts = [x for x, _ in bars(svg, "outcome")]
    assert starts == sorted(starts)
    assert len(starts) == 4


def test_who_leaves_after_the_newest_day_of_decision_is_not_known_yet(report_inputs):
    svg = windows_chart(report_inputs(), CATALOGUE["en"])["svg"]
    assert svg.count("7 of 200 left") == 3
    assert svg.count("how many of 200 leave is not known yet") == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_line_says_its_day_and_what_it_is_for(report_inputs, language):
    messages = CATALOGUE[language]
    told = windows_chart(report_inputs(language=language), messages)
    texts = [one.text for one in parsed(told["svg"]).iter("text")]
    assert f"2024-11-01  {messages['role_train']}{messages['windows_fold'].format(number=1)}" in texts
    assert f"2025-06-01  {messages['role_score']}" in texts
    assert told["note"] == messages["windows_note"].format(train=1, embargo=1, test=1, score=1)


def test_a_snapshot_has_words_in_place_of_a_calendar(report_inputs):
    told = windows_chart(report_inputs(windows=[window("2025-06-01", "train", known=False)]), CATALOGUE["en"])
    assert told == {"svg": None, "note": CATALOGUE["en"]["windows_snapshot"]}
