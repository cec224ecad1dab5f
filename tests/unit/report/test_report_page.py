"""The page: what it says, what it keeps to itself, and that it stands alone."""

import re
from html.parser import HTMLParser

import pytest

from savedesk.errors import DataContractError
from savedesk.report.stage import run

EMPTY = {name: [] for name in ("scores", "values", "decisions", "list", "limits", "reasons", "metrics", "counts")}
HOSTILE = '<script>alert("x")</script>'


class Page(HTMLParser):
    """Collects the elements, attributes and words of a page, and whether every element is closed."""

    VOID = frozenset({"meta", "link", "br", "img"})

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.attributes, self.words = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).replace("\u00a0", " ").split())


def page(inputs):
    return run(inputs)["report_html"]


def test_headline_figures_are_counts_and_sums_of_the_newest_month(report_inputs):
    text = Page(page(report_inputs())).text
    assert "Subscribers scored 4" in text
    assert "Expected to leave 1 25.0 % of those scored" in text
    assert "Value at risk 4,000 CNY chance" in text
    assert "On the list 2 1 held out, 1 given up" in text
    assert "Expected gain 103 CNY" in text


def test_shadow_prices_are_said_in_words(report_inputs):
    text = Page(page(report_inputs())).text
    assert "One more agent hour on the call channel would earn 34.25 CNY." in text
    assert "More budget would earn nothing" in text


def test_earlier_months_are_not_counted(report_inputs):
    import datetime as dt  # noqa: PLC0415

    old = {"subscriber_id": "S9", "as_of": dt.date(2025, 5, 1), "churn_probability": 1.0}
    newest = [{"subscriber_id": "S1", "churn_probability": 0.5}]
    assert "Subscribers scored 1" in Page(page(report_inputs(scores=[old, *newest]))).text


def test_reasons_are_counted_by_subscriber(report_inputs):
    text = Page(page(report_inputs())).text
    assert "Price 2 2" in text
    assert "Network quality 0 1" in text
    assert "the 2 subscribers" in text


def test_figures_stand_with_interval_and_baseline(report_inputs):
    text = Page(page(report_inputs())).text
    assert "AUC (0.5 is chance) 0.800 0.780 – 0.820 0.610" in text
    assert "The best of the simple models beside it is: Default LightGBM" in text
    assert (
        "Left out, because the source does not have their column, or it is the same for everybody: Last usage" in text
    )
    assert "4,000 labelled rows, 300 of them churners" in text
    assert "Tested: 2025-02-01" in text


def test_groups_whose_churn_is_off_are_named(report_inputs):
    text = Page(page(report_inputs())).text
    assert "in 1 of 3 groups" in text
    assert "segment business: predicted 6.0 %, left 4.0 %, +2.0 points (+1.0 – +3.0)" in text
    assert "segment consumer: predicted" not in text


def test_data_health_counts_quarantined_rows_and_names_empty_tables(report_inputs):
    text = Page(page(report_inputs())).text
    assert "usage 990 10 (1.00 %) range:calls (10)" in text
    assert "no rows in: surveys" in text


def test_a_source_without_prices_says_why_its_list_is_empty(report_inputs):
    ids = [{"subscriber_id": one, "margin_source": "none"} for one in ("S1", "S2")]
    text = Page(page(report_inputs(values=ids, list=[]))).text
    assert "No price is known of 100.0 % of the subscribers." in text
    assert "The list is empty: no price is known of any subscriber" in text
    assert "No price is known" not in Page(page(report_inputs(list=[]))).text


@pytest.mark.parametrize(("kind", "warned"), [("snapshot", True), ("dated", False)])
def test_a_snapshot_says_that_its_folds_are_random(report_inputs, kind, warned):
    found = page(report_inputs(facts={"name": "test", "kind": kind, "currency": "CNY"}))
    assert ("Folds are stratified and random" in found) is warned


def test_ids_are_shown_only_where_they_are_asked_for(report_inputs):
    hidden, shown = page(report_inputs()), page(report_inputs(show_ids=True))
    assert not re.search(r"\bS[1-4]\b|ACC", Page(hidden).text)
    assert "S1" in Page(shown).text


def test_the_list_ends_after_so_many_rows(report_inputs):
    assert "The first 1 of 2" in page(report_inputs(list_rows=1))
    assert "The first 0 of 2" in page(report_inputs(list_rows=0))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_asks_nothing_of_anybody(report_inputs, language):
    found = page(report_inputs(language=language))
    assert not re.search(r"https?:|src=|//\w|@import|url\((?!#)", found)
    links = [value for name, value in Page(found).attributes if name in ("href", "xlink:href")]
    assert links
    assert all(link.startswith("#") for link in links)
    assert {"script", "link", "img", "iframe", "object"}.isdisjoint(Page(found).tags)


def test_names_from_the_data_are_text_and_never_markup(report_inputs):
    row = {"rank": 1, "tier": "key", "region": HOSTILE, "reason_1": HOSTILE, "action": HOSTILE, "channel": HOSTILE}
    metrics = [{"slice_by": "region", "slice": HOSTILE, "metric": HOSTILE, "rows": 9}]
    facts = {
        "name": HOSTILE,
        "title": HOSTILE,
        "kind": "dated",
        "currency": HOSTILE,
        "lacks": [HOSTILE],
        "origin": HOSTILE,
    }
    counts = [{"table": HOSTILE, "rule": HOSTILE, "rows": 3}]
    changes = {"list": [row], "metrics": metrics, "facts": facts, "counts": counts}
    found = page(report_inputs(show_ids=True, **changes, reasons=[{"position": 1, "reason": HOSTILE}]))
    assert "<script" not in found
    assert "&lt;script&gt;" in found


def test_charts_lose_whatever_is_not_shape_or_text(report_inputs):
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2" onload="x()">'
        "<script>x()</script><metadata>m</metadata>"
        '<style>*{display:none}</style><image href="data:x"/><use href="http://example.org/a"/>'
        '<path d="M0 0" onclick="x()" style="fill: url(http://example.org)"/><text>a &lt;script&gt;</text></svg>'
    )
    found = page(report_inputs(plots={"gains": svg}))
    drawn = found[found.index("<svg") : found.index("</svg>")]
    assert not re.search(r"<script|onclick|onload|example|metadata|display:none|<image", drawn)
    assert "&lt;script&gt;" in drawn


def test_charts_say_in_words_what_they_show(report_inputs):
    found = page(report_inputs())
    assert 'role="img" aria-labelledby="calibration-alt"' in found
    assert '<title id="calibration-alt">Chart of observed against' in found


def test_two_charts_do_not_share_ids(report_inputs):
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2"><g id="axes_1"/></svg>'
    found = page(report_inputs(plots={"gains": svg, "profit": svg, "calibration": svg}))
    ids = [value for name, value in Page(found).attributes if name == "id"]
    assert len(ids) == len(set(ids))


def test_a_chart_that_is_not_svg_is_named(report_inputs):
    with pytest.raises(DataContractError, match=r"gains\.svg"):
        run(report_inputs(plots={"gains": "<svg"}))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_month_without_anything_still_makes_a_page(report_inputs, language):
    parsed = Page(page(report_inputs(language=language, plots={}, **EMPTY)))
    assert parsed.open == []
    assert "main" in parsed.tags


def test_every_element_is_closed_and_every_table_has_headers(report_inputs):
    parsed = Page(page(report_inputs()))
    assert parsed.open == []
    assert parsed.tags.count("thead") == parsed.tags.count("table") > 3


def test_the_page_speaks_chinese(report_inputs):
    found = page(report_inputs(language="zh"))
    assert '<html lang="zh-Hans">' in found
    text = Page(found).text
    assert "电话渠道每增加一个坐席小时" in text
    assert "优惠" in text
    own = re.sub(r"fee rose.*?%|Test operator|ten % leave", "", text)
    assert not re.search(r"\b(the|of|and|subscribers?|rows?|churn)\b", own)


def test_the_same_month_gives_the_same_bytes(report_inputs):
    inputs = report_inputs()
    assert page(inputs) == page(inputs)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "By gender, Churners who are not on the list: from 40.0 % (f) to 61.0 % (m); 2 of 2 groups differ"),
        ("zh", "按性别，未列入名单的流失用户占比：从 40.0 %（f）到 61.0 %（m）；2 个群体中有 2 个"),
    ],
)
def test_groups_that_are_treated_otherwise_are_told(report_inputs, language, said):
    line = {"slice_by": "gender", "metric": "false_negative_rate", "lowest_slice": "f", "highest_slice": "m"}
    line |= {"lowest": 0.4, "highest": 0.61, "all_rows": 0.5, "slices": 2, "slices_off": 2, "slices_off_by_chance": 0.2}
    assert said in Page(page(report_inputs(language=language, fairness=[line]))).text
