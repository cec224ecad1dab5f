"""The catalogue: both languages say the same, and nothing on the page is said outside it."""

import re
import string

import pytest

from savedesk.schemas import summaries
from savedesk.schemas.complaints import CATEGORIES
from savedesk.schemas.reasons import CODES
from savedesk.schemas.subscribers import SEGMENTS
from savedesk.stages.evaluate.words import WORDS
from savedesk.stages.report import site, stage, subscribers
from savedesk.stages.report.messages import CATALOGUE

TEMPLATE = (site.HERE / site.TEMPLATE).read_text(encoding="utf-8")
BARE = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", TEMPLATE, flags=re.DOTALL)
SCRIPT = "\n".join((site.HERE / name).read_text(encoding="utf-8") for name in site.SCRIPTS)
PYTHON = "".join(path.read_text(encoding="utf-8") for path in stage.CARD.parent.glob("*.py"))
BY_CODE = {  # first parts of messages whose key ends in a code of the data
    "metric", "slice", "value", "channel", "reason", "model", "role", "tip", "region", "group", "process",
    "quadrant", "loyalty", "verdict", "lacks", "ranking", "sample", "month", "talk", "rule", "page", "windows",
    "kept", "campaign", "card", "list", "by", "head", "note", "tab", "next", "left", "banner", "unpriced",
    "calibration",
}  # fmt: skip


def places(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


@pytest.mark.parametrize("catalogue", [CATALOGUE, WORDS], ids=["pages", "charts"])
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
    assert not re.search(r'(aria-label|title|alt|placeholder)="[^"]*\w', BARE)


def test_the_script_says_what_the_catalogue_says():
    assert set(re.findall(r'say\("(\w+)"', SCRIPT)) == set(site.SAID)
    assert set(site.SAID) <= CATALOGUE["en"].keys()


def test_every_message_is_used():
    asked = set(re.findall(r"\bt\.(\w+)", TEMPLATE)) | set(re.findall(r'"(\w+)"', PYTHON)) | set(site.SAID)
    assert set(re.findall(r"\bt\.(\w+)", TEMPLATE)) <= CATALOGUE["en"].keys()
    unused = {key for key in CATALOGUE["en"] if key not in asked and key.split("_")[0] not in BY_CODE}
    assert unused == set()


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("reason", CODES),
        ("value", (*SEGMENTS, *summaries.TIERS)),
        ("process", CATEGORIES),
        ("quadrant", summaries.QUADRANTS),
        ("loyalty", summaries.LOYALTY_TYPES),
        ("loyalty_means", summaries.LOYALTY_TYPES),
        ("verdict", summaries.VERDICTS),
        ("verdict_line", summaries.VERDICTS),
        ("lacks", summaries.LACKS),
        ("talk", summaries.TALKING_POINTS),
        ("tab", summaries.PAGES),
        ("by", summaries.DRIVERS),
        ("head", summaries.DRIVERS),
        ("note", summaries.DRIVERS),
        ("card", [*(fact for fact in subscribers.FACTS if fact != "rank"), *subscribers.SERIES]),
        ("rule", subscribers.RULES),
        ("campaign_by", (*(by for by in summaries.CAMPAIGN_BY if by != "total"), "region")),
        ("page", ("country", *stage.OPTIONAL_PAGES, "model", "data")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_code_of_the_contracts_has_words(kind, codes):
    assert [code for code in codes if f"{kind}_{code}" not in CATALOGUE["en"]] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_stands_in_both_themes_and_is_read_on_its_ground(theme):
    sheet = (site.HERE / site.STYLES[0]).read_text(encoding="utf-8")
    found = sheet[sheet.index(":root {") :] if theme == "light" else sheet[sheet.index(':root[data-theme="dark"]') :]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", found[: found.index("}")]))
    for ink in ("ink", "muted", "accent", "warn"):
        for ground in ("paper", "card", "soft"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    for ink, ground in (("accent", "accent-soft"), ("warn", "warn-soft"), ("good", "good-soft"), ("card", "accent")):
        assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    for place in range(1, 6):
        assert contrast(colours[f"series-{place}"], colours["card"]) >= 3, place


def contrast(one, other):
    """Return the contrast of two colours (WCAG 2.2, 1.4.3)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
