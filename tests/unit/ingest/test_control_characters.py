"""Signs that steer a terminal or break a page get in nowhere."""

from __future__ import annotations

import pytest
from tests.desk import Desk

from savedesk.errors import ParamsError, printable

ESC, NUL, TURN = "\x1b[31m", "\x00", "\u202e"


@pytest.mark.parametrize("sign", [ESC, NUL, TURN, "\x07", "\x9b"])
def test_a_name_with_them_is_unknown_and_an_id_is_turned_away(desk: Desk, sign: str) -> None:
    desk.raw("people.csv", f"id,place\na,No{sign}rth\nb{sign}x,South\nc,a\tb\nd,Ünterwössen 広州 🏔\n")
    desk.sql("subscribers", "SELECT id AS subscriber_id, place AS region FROM people")
    outcome = desk.run()
    places = {row["subscriber_id"]: row["region"] for row in outcome.tables["subscribers"]}
    assert places == {"a": None, "c": "a\tb", "d": "Ünterwössen 広州 🏔"}
    assert outcome.rules("subscribers") == ["control:subscriber_id"]
    assert [row["rules"] for row in outcome.tables["repaired"]] == ["control:region"]


def test_a_text_of_the_source_has_none(desk: Desk) -> None:
    desk.source["currency"] = f"E{ESC}UR"
    with pytest.raises(ParamsError, match=r"currency.*control characters") as caught:
        desk.run()
    assert "\x1b" not in caught.value.line()


def test_messages_show_them_as_codes() -> None:
    assert printable(f"a{ESC}b{TURN}\u00fc") == "a\\x1b[31mb\\u202e\u00fc"
    assert "\x1b" not in ParamsError(f"no column {ESC!s}", where=NUL).line()
