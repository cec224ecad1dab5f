"""What the report says: nothing on the page is said outside the files of texts, and every code has a word there."""

import re

import pytest

from savedesk.charts.curves import RANKINGS
from savedesk.schemas import summaries
from savedesk.schemas.complaints import CATEGORIES
from savedesk.schemas.labels import CHURN_TYPES
from savedesk.schemas.reasons import CODES
from savedesk.schemas.scores import BASELINE_NAMES
from savedesk.schemas.subscribers import SEGMENTS
from savedesk.stages.report import model_figures, site, stage, subscribers
from savedesk.stages.report.messages import messages_in

TEMPLATE = (site.HERE / site.TEMPLATE).read_text(encoding="utf-8")
BARE = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", TEMPLATE, flags=re.DOTALL)
SCRIPT = "\n".join((site.HERE / name).read_text(encoding="utf-8") for name in site.SCRIPTS)
ENGLISH = messages_in("en")


def test_the_template_has_no_words_of_its_own():
    text = re.sub(r"<[^>]*>", " ", BARE)
    assert not re.search(r"\w", text), re.findall(r"\w+", text)
    assert not re.search(r'(aria-label|title|alt|placeholder)="[^"]*\w', BARE)


def test_the_script_says_what_the_catalogue_says():
    assert set(re.findall(r'say\("(\w+)"', SCRIPT)) == set(site.SAID)
    assert set(site.SAID) <= ENGLISH.keys()


def test_the_template_asks_for_texts_that_there_are():
    assert set(re.findall(r"\bt\.(\w+)", TEMPLATE)) <= ENGLISH.keys()


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("reason", CODES),
        ("value", (*SEGMENTS, *summaries.TIERS, *CHURN_TYPES, *model_figures.TENURES)),
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
        ("list_by", ("tier", "action")),
        ("name", ("tier", "action", "channel", "campaign", *model_figures.SLICE_ORDER)),
        ("head", summaries.DRIVERS),
        ("note", summaries.DRIVERS),
        ("card", [*(fact for fact in subscribers.FACTS if fact not in subscribers.CALLED), *subscribers.SERIES]),
        ("rule", subscribers.RULES),
        ("campaign_by", (*(by for by in summaries.CAMPAIGN_BY if by != "total"), "region")),
        ("model", (model_figures.MODEL, *(name.replace("_", " ") for name in BASELINE_NAMES))),
        ("ranking", (*RANKINGS, "random")),
        ("page", ("country", *stage.OPTIONAL_PAGES, "model", "data")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_code_of_the_contracts_has_words(kind, codes):
    assert [code for code in codes if f"{kind}_{code}" not in ENGLISH] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_stands_in_both_themes_and_is_read_on_its_ground(theme):
    sheet = (site.HERE / site.STYLES[0]).read_text(encoding="utf-8")
    rules = sheet[sheet.index(":root {") :] if theme == "light" else sheet[sheet.index(':root[data-theme="dark"]') :]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", rules[: rules.index("}")]))
    for ink in ("ink", "muted", "accent", "warn"):
        for ground in ("paper", "card", "soft"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    for ink, ground in (("accent", "accent-soft"), ("warn", "warn-soft"), ("good", "good-soft"), ("card", "accent")):
        assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    for place in range(1, 6):
        assert contrast(colours[f"series-{place}"], colours["card"]) >= 3, place


def contrast(first, second):
    """Return the contrast of two colours (WCAG 2.2, 1.4.3)."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
