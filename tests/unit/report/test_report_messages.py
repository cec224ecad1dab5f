"""The catalogue is complete in both languages, and nothing is said outside it."""

import re
import string
from pathlib import Path

import pytest

from savedesk.evaluate.plots import GRID, INK, MUTED, SERIES
from savedesk.evaluate.words import WORDS
from savedesk.report import stage
from savedesk.report.charts import COLOURS
from savedesk.report.messages import CATALOGUE

TEMPLATE = (stage.HERE / stage.TEMPLATE).read_text(encoding="utf-8")
BARE = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", TEMPLATE, flags=re.DOTALL)
SOURCES = TEMPLATE + "".join(path.read_text() for path in Path(stage.HERE).glob("*.py"))
BY_CODE = ("metric", "slice", "value", "channel", "reason", "model", "tile", "alt", "chart", "next", "role", "tip")


def places(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


@pytest.mark.parametrize("catalogue", [CATALOGUE, WORDS], ids=["page", "charts"])
def test_both_languages_say_the_same_things(catalogue):
    english, chinese = catalogue["en"], catalogue["zh"]
    assert english.keys() == chinese.keys()
    assert all(places(english[key]) == places(chinese[key]) for key in english)
    assert all(text.strip() for text in [*english.values(), *chinese.values()])


def test_chinese_is_chinese():
    alike = {key for key, text in CATALOGUE["zh"].items() if text == CATALOGUE["en"][key]}
    assert alike <= {"none", "model_savedesk"}


def test_the_template_has_no_words_of_its_own():
    text = re.sub(r"<[^>]*>", " ", BARE)
    assert not re.search(r"\w", text), re.findall(r"\w+", text)


def test_no_attribute_that_is_read_out_has_words_of_its_own():
    assert not re.search(r'(aria-label|title|alt|placeholder)="[^"]*\w', BARE)


def test_every_message_that_the_template_asks_for_is_there():
    assert set(re.findall(r"\bt\.(\w+)", TEMPLATE)) <= CATALOGUE["en"].keys()


def test_every_message_is_used():
    asked = set(re.findall(r"\bt\.(\w+)", TEMPLATE)) | set(re.findall(r'"(\w+)"', SOURCES))
    unused = {key for key in CATALOGUE["en"] if key not in asked and key.split("_")[0] not in BY_CODE}
    assert unused == set()


def test_every_colour_of_the_charts_has_a_twin_for_dark_pages():
    assert {INK, MUTED, GRID, *(colour for colour, _ in SERIES)} == COLOURS.keys()
    style = (stage.HERE / stage.STYLE).read_text()
    assert all(style.count(f"{shown[4:-1]}:") >= 2 for shown in COLOURS.values())
