"""One file of texts: what it may hold, and that a mistake is named with file and line."""

from __future__ import annotations

import pytest

from savedesk.errors import ParamsError
from savedesk.locales.placeholders import fields, optional_parts
from savedesk.locales.text_file import entries


def written(tmp_path, text):
    path = tmp_path / "list.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("answer: no", "no"),
        ("answer: 1", "1"),
        ("answer: 2025-07-01", "2025-07-01"),
        ("answer: null", "null"),
        ("answer: '{share} left'", "{share} left"),
        ("answer: ' {period}'", " {period}"),
        ('answer: "Wait: a day"  # as long as that', "Wait: a day"),
        ("answer: >-\n  two lines\n  of one text\n", "two lines of one text"),
        ("\ufeffanswer: 语音", "语音"),
    ],
)
def test_a_text_stays_a_text_whatever_it_looks_like(tmp_path, text, said):
    assert entries(written(tmp_path, text))["answer"].text == said


def test_no_and_yes_may_be_keys(tmp_path):
    assert list(entries(written(tmp_path, "yes: ja\nno: nein\n1: Jan\n"))) == ["yes", "no", "1"]


def test_an_entry_knows_its_line(tmp_path):
    read = entries(written(tmp_path, "# a file\n\nfirst: one\n# a part\nsecond: two\n"))
    assert {key: entry.line for key, entry in read.items()} == {"first": 3, "second": 5}


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("first: one\nsecond: 'two\nthird: three\n", 4, "not readable as YAML"),
        ("first: one\nsecond: on {day}: two\n", 2, "not readable as YAML"),
        ("first: one\n\tsecond: two\n", 2, "not readable as YAML"),
        ("first: one\nsecond: \x01\n", 1, "not readable as YAML"),
        ("first: one\nfirst: two\n", 2, "'first' stands twice"),
        ("first: one\nsecond: {share} left\n", 2, "not readable as YAML"),
        ("first: one\nsecond: {share}\n", 2, "'second' is no text; one that begins with a brace must stand in quotes"),
        ("first: one\n{share}: two\n", 2, "a key is no text"),
        ("first: one\nsecond:\n  deeper: two\n", 2, "'second' is no text"),
        ("first: one\nsecond: [two]\n", 2, "'second' is no text"),
        ("first: one\nsecond:\n", 2, "'second' is empty"),
        ("first: one\nsecond: ' '\n", 2, "'second' is empty"),
        ("first: one\nsecond: '{share left'\n", 2, "'second' has a brace without its partner"),
        ("first: one\nsecond: share} left\n", 2, "'second' has a brace without its partner"),
        ("- first\n", 1, "not keys with a text each"),
        ("", 1, "not keys with a text each"),
        (b"first: one\nsecond: " + "größer".encode("latin-1"), 2, "not in UTF-8"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(tmp_path, text, line, what):
    with pytest.raises(ParamsError) as caught:
        entries(written(tmp_path, text))
    assert caught.value.where == f"{tmp_path / 'list.yaml'}, line {line}"
    assert what in caught.value.what
    assert "\n" not in caught.value.line()


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ParamsError, match=r"list\.yaml: not there"):
        entries(tmp_path / "list.yaml")


def test_values_and_optional_parts_of_a_text():
    text = "use fell by {value:abs .0%}[, to {minutes:,.0f} min][ of {low} to {high}]"
    assert fields(text) == {"value", "minutes", "low", "high"}
    assert optional_parts(text) == [["high", "low"], ["minutes"]]
