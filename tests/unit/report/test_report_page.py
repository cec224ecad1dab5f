"""The report: what it says, what it keeps to itself, and that every figure comes from a table."""

import json
import random
import re

import pandas as pd
import pytest
import vl_convert
from tests.unit.report import sample

from savedesk.locales.catalogue import Texts
from savedesk.schemas import figures
from savedesk.schemas.summaries import TABLES
from savedesk.stages.report import site as site_module
from savedesk.stages.report.stage import READS, run

NAMED = [key.removeprefix("region_") for key in Texts("report/regions").of("en")]
HOSTILE = '<script>alert("x")</script><!--'
UNTOLD = ("lead", "importance", "importance_low", "importance_high", "importance_line", "quadrant")
UNVALUED = ("kept_value", "net", "net_low", "net_high", "promised_net", "true_kept", "true_net")
TOO_LARGE = 8_000_000  # bytes
TOO_SLOW = 20  # seconds


@pytest.fixture(autouse=True)
def _small_script(request, monkeypatch):
    """Leave Vega out where nothing is drawn: it takes seconds to bundle."""
    if "whole" not in request.fixturenames:
        monkeypatch.setattr(site_module, "vega_script", lambda: "")


@pytest.fixture
def whole():
    """Ask for the file as it is shipped."""


def page(inputs):
    return run(inputs)["report_html"]


def data(html):
    """Return the pages, cards and drawings of a report."""
    text = html[html.index('id="site">') + len('id="site">') :]
    return json.loads(text[: text.index("</script>")])


def texts(value):
    """Yield every text in a part of the report."""
    if isinstance(value, str):
        yield value.replace("\u00a0", " ")
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def page_of(report, name):
    return next(entry for entry in report["pages"] if entry["id"] == name)


def names_of(report):
    return [entry["id"] for entry in report["pages"]]


def test_the_report_to_pass_on_has_no_cards(report_inputs):
    outputs = run(report_inputs())
    whole, shared = data(outputs["report_html"]), data(outputs["shared_report"])
    assert whole["cards"]["rows"]
    assert shared["cards"] == {}
    assert names_of(shared) == [name for name in names_of(whole) if name != "subscribers"]


def blocks_of(part, kind):
    """Return the blocks of a kind in a page, at any depth."""
    if isinstance(part, list):
        return [block for inner in part for block in blocks_of(inner, kind)]
    if not isinstance(part, dict):
        return []
    own = [part] if part.get("kind") == kind else []
    return own + [block for inner in part.values() for block in blocks_of(inner, kind)]


def test_the_country_says_money_first_and_then_who_left(report_inputs):
    given = sample.summaries(["North", "South"], listed=3)
    now = next(row for row in given["months"] if row["region"] == "all" and row["as_of"] == sample.NOW)
    country = page_of(data(page(report_inputs(summaries=given))), "country")
    assert f"{now['value_at_risk']:,.0f} CNY of remaining value is at risk" in country["headline"].replace(
        "\u00a0", " "
    )
    assert "would do so in the 60 days from 14 days after 1 Jun 2025. At the last count" in country["lede"]
    assert " left in the 60 days from 14 days after 1 Apr 2025" in country["lede"]
    assert country["blocks"][0]["tiles"][0]["note"] == "chance of leaving × remaining value of 24 months"
    assert country["blocks"][0]["tiles"][0]["value"]["v"] == float(f"{now['value_at_risk']:.6g}")


def test_shadow_prices_are_said_in_words(report_inputs):
    said = list(texts(data(page(report_inputs()))))
    assert "One more agent hour on the call channel would earn 34.25 CNY." in said
    assert "More budget would earn nothing: the list leaves some unused." in said


def test_every_province_has_a_page_and_a_way_to_it(report_inputs):
    provinces = page_of(data(page(report_inputs())), "province")
    assert {child["id"] for child in provinces["children"]} == {"North", "South"}
    assert {tuple(row[0]["to"]) for row in provinces["blocks"][0]["rows"]} == {
        ("province", "North"),
        ("province", "South"),
    }


def test_fifty_figures_at_random_stand_in_the_tables(report_inputs):
    inputs = report_inputs(summaries=sample.summaries(NAMED[:5], listed=20))
    report = data(page(inputs))
    given = {
        float(f"{value:.6g}")
        for table in (contract for contract in READS if hasattr(contract, "columns"))
        for column in inputs.frame(table).select_dtypes("number").to_numpy().T
        for value in column
        if pd.notna(value)
    }
    held = list(figures_in(report["pages"])) + [
        fact for card in report["cards"]["rows"] for fact in figures_in(card["facts"])
    ]
    assert len(held) > 1000
    for value in random.Random(8).sample(held, 50):  # noqa: S311 - a sample
        assert value in given, value


def figures_in(part):
    """Yield the figures of tables, tiles and charts: what they are sorted by or drawn at."""
    if isinstance(part, list):
        for inner in part:
            yield from figures_in(inner)
    elif isinstance(part, dict) and part.get("kind") == "chart":
        for row in part["rows"]:
            yield from (
                value
                for key, value in row.items()
                if isinstance(value, int | float) and key not in ("place", "chosen", "strength")
            )
    elif isinstance(part, dict) and part.get("id") == "data":
        return  # sums of rows of the same table, which its own test counts
    elif isinstance(part, dict):
        if isinstance(part.get("v"), int | float):
            yield part["v"]
        for key, inner in part.items():
            if key not in ("v", "bar"):
                yield from figures_in(inner)


def test_what_a_chart_draws_is_also_told_and_stands_as_a_table(report_inputs):
    charts = blocks_of(data(page(report_inputs()))["pages"], "chart")
    assert len(charts) > 20
    for chart in charts:
        assert chart["alt"]
        assert chart["figures"]
        assert all(isinstance(row[column["field"]], str | int) for row in chart["rows"] for column in chart["figures"])


def test_every_chart_has_a_drawing_and_every_drawing_a_chart(report_inputs):
    report = data(page(report_inputs()))
    used = {chart["spec"] for chart in blocks_of(report["pages"], "chart")}
    assert used | {"survival_card"} == report["specs"].keys()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_chart_can_be_drawn_with_its_rows_in_the_look_of_the_page(report_inputs, language):
    report = data(page(report_inputs(language=language)))
    for block in blocks_of(report["pages"], "chart"):
        spec = {**report["specs"][block["spec"]], "width": 400, "data": {"values": block["rows"]}}
        drawn = vl_convert.vegalite_to_svg(spec, config=report["look"])
        fields = set(re.findall(r'"field": "(\w+)"', json.dumps(spec)))
        assert fields <= {name for row in block["rows"] for name in row}, block["spec"]
        assert not re.search("undefined|NaN|null", drawn), block["spec"]
        assert "var(--series-1)" in drawn


def test_data_health_counts_quarantined_rows_and_names_empty_tables(report_inputs):
    health = page_of(data(page(report_inputs())), "data")
    said = list(texts(health))
    assert "10 of 1,000 rows broke a rule and are kept aside; the rest is in use" in said
    assert "10 (1.00 %)" in said
    assert "range:month (10); type:sms (5)" in said
    assert "no rows in: surveys" in said


def test_groups_whose_churn_is_off_are_named(report_inputs):
    said = " ".join(texts(page_of(data(page(report_inputs())), "model")))
    assert "in 1 of 3 groups" in said
    assert "segment business: predicted 6.0 %, left 4.0 %, +2.0 points (+1.0 – +3.0)" in said
    assert "segment consumer: predicted" not in said


def test_ids_are_shown_only_where_they_are_asked_for(report_inputs):
    hidden, shown = page(report_inputs()), page(report_inputs(show_ids=True))
    assert not re.search(r"S000000\d", hidden)
    assert {card["id"] for card in data(shown)["cards"]["rows"]} == {"S0000001", "S0000002", "S0000003"}
    assert [card["key"] for card in data(hidden)["cards"]["rows"]] == ["r.1", "r.2", "r.3"]


def test_shares_of_reasons_say_that_they_are_of_the_candidates(report_inputs):
    given = sample.summaries(["North", "South"], listed=3)
    rows = [row for row in given["reason_shares"] if row["as_of"] == sample.NOW]
    whole = sum(row["candidates"] for row in rows if row["region"] == "all")
    here = sum(row["candidates"] for row in rows if row["region"] == "North")
    report = data(page(report_inputs(summaries=given)))
    assert f"of the value at risk of the {whole:,} candidates, " in page_of(report, "why")["headline"]
    north = next(child for child in page_of(report, "province")["children"] if child["id"] == "North")
    assert any(f"{here:,} candidates: those of the country's {whole:,} " in text for text in texts(north))


def test_the_page_counts_the_list_and_says_how_many_of_it_have_cards(report_inputs):
    cards = sample.summaries(["North", "South"], listed=2)
    subscribers = page_of(data(page(report_inputs(summaries=cards))), "subscribers")
    assert subscribers["headline"].startswith("3 subscribers to contact")
    assert subscribers["lede"].startswith("Cards for the first 2;")
    assert "Cards for" not in page_of(data(page(report_inputs())), "subscribers")["lede"]


def test_every_province_says_what_it_has_to_fix_or_that_it_has_nothing(report_inputs):
    given = sample.summaries(["North", "South"], listed=2)
    for row in given["satisfaction"]:
        row |= {"quadrant": "keep_up", "performance": 8.0, "performance_high": 8.3}
        if row["region"] == "North" and row["process"] in ("network", "store"):
            row |= {"quadrant": "fix_now", "performance": 6.9 if row["process"] == "network" else 8.1}
    blocks = page_of(data(page(report_inputs(summaries=given))), "satisfaction")["blocks"]
    rows = next(block for block in blocks if block.get("title") == "What each province has to fix")["rows"]
    fixes = {row[0]["t"]: [row[1], row[2]["t"], row[3].replace("\u00a0", " ")] for row in rows}
    assert fixes == {"North": ["nothing", "Network 6.9", "30 – 36"], "South": ["nothing", "nothing", "30 – 36"]}


def test_model_health_names_provinces_in_chinese_and_shows_no_code_names(report_inputs):
    line = {"slice_by": "region", "metric": "false_negative_rate", "lowest_slice": "Henan", "highest_slice": "Tibet"}
    line |= {"lowest": 0.4, "highest": 0.61, "all_rows": 0.5, "slices": 2, "slices_off": 2, "slices_off_by_chance": 0.2}
    names = ("true_gain_at_capacity_truth_known", "ahead_of_by_probability", "times_by_value_at_risk", "auc")
    figured = [{"model": "savedesk", "slice_by": "all", "slice": "all", "metric": name, "value": 1.0} for name in names]
    said = list(texts(page_of(data(page(report_inputs(language="zh", fairness=[line], metrics=figured))), "model")))
    assert any("（河南）" in text and "（西藏）" in text for text in said)
    words = [text for text in said if not text.endswith("_t")]  # columns of the charts, which nobody reads
    assert not [text for text in words if re.search(r"[a-z]_[a-z]+_[a-z]|ahead_of", text)]


@pytest.mark.parametrize("regions", [[], ["California"]], ids=["none", "one"])
def test_a_source_without_surveys_contacts_and_regions_drops_those_pages_and_says_why(report_inputs, regions):
    every = names_of(data(page(report_inputs())))
    by_table = sample.summaries(regions, listed=3)
    by_table = sample.without(by_table, "satisfaction", "loyalty_counts", lacks="no_surveys")
    by_table = sample.without(by_table, "campaigns", lacks="no_contacts")
    html = page(report_inputs(summaries=by_table))
    dropped = ("province", "satisfaction", "campaign")
    assert names_of(data(html)) == [name for name in every if name not in dropped]
    assert "No page “Satisfaction and loyalty”: this source has no surveys." in html
    assert "No page “Campaign read-out”: no randomised contact has a known outcome." in html
    assert "No page “Provinces”: this source knows no more than one region." in html


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_month_without_anything_still_makes_a_report(report_inputs, language):
    nothing = {
        name: []
        for name in ("values", "list", "limits", "metrics", "counts", "calibration", "gains", "profit", "survival")
    }
    html = page(report_inputs(language=language, summaries=sample.empty(), **nothing))
    assert names_of(data(html)) == ["country", "model", "data"]


def test_where_nothing_has_a_price_and_importance_cannot_be_told_the_pages_still_stand(report_inputs):
    every = names_of(data(page(report_inputs())))
    by_table = sample.summaries(["North", "South"], listed=2)
    by_table["months"] = [{**row, **dict.fromkeys(("value_at_risk", "value_lost"))} for row in by_table["months"]]
    by_table["satisfaction"] = [{**row, **dict.fromkeys(UNTOLD)} for row in by_table["satisfaction"]]
    by_table["campaigns"] = [{**row, **dict.fromkeys(UNVALUED)} for row in by_table["campaigns"]]
    report = data(page(report_inputs(summaries=by_table)))
    assert (
        "subscribers are expected to leave; what they are worth is not known" in page_of(report, "country")["headline"]
    )
    assert "cannot be told" in list(texts(page_of(report, "satisfaction")))
    assert names_of(report) == every


@pytest.mark.parametrize(("kind", "warned"), [("snapshot", True), ("dated", False)])
def test_a_snapshot_says_that_its_folds_are_random(report_inputs, kind, warned):
    html = page(report_inputs(facts={"name": "test", "kind": kind, "currency": "CNY"}))
    assert ("Folds are stratified and random" in html.split('id="site"')[0]) is warned
    assert ("in the 60 days from" in html) is not warned


def test_a_source_without_prices_says_so(report_inputs):
    unpriced = [{"subscriber_id": who, "margin_source": "none"} for who in ("S1", "S2")]
    assert "No price is known of 100.0\u00a0% of the subscribers." in page(report_inputs(values=unpriced))
    assert "No price is known" not in page(report_inputs())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_asks_nothing_of_anybody(report_inputs, language):
    html = page(report_inputs(language=language))
    assert not re.search(r"https?:(?!//www\.w3\.org/2000/svg)|\ssrc=|@import|url\(", html)
    assert "default-src 'none'" in html
    assert "unsafe-eval" not in html
    assert "script-src 'unsafe-inline'" not in html


def test_names_from_the_data_never_end_an_element(report_inputs):
    by_table = sample.summaries([HOSTILE, "South"], listed=2)
    for row in by_table["cards"]:
        row |= {"reason_1": HOSTILE, "action_text": HOSTILE, "because": HOSTILE}
    facts = {
        "name": HOSTILE,
        "title": HOSTILE,
        "kind": "dated",
        "currency": HOSTILE,
        "lacks": [HOSTILE],
        "origin": HOSTILE,
    }
    counts = [{"table": HOSTILE, "rule": HOSTILE, "rows": 3}]
    html = page(report_inputs(summaries=by_table, facts=facts, counts=counts, show_ids=True))
    assert html.count("<script") == html.count("</script>") == 3
    assert "<!--" not in html
    assert {child["id"] for child in page_of(data(html), "province")["children"]} == {HOSTILE, "South"}


def test_the_report_speaks_chinese(report_inputs):
    html = page(report_inputs(language="zh"))
    assert '<html lang="zh-Hans">' in html
    report = data(html)
    assert "电话渠道每增加一个坐席小时，可多赚 34.25 CNY。" in list(texts(report))
    own = " ".join(texts(report["pages"]))
    assert not re.search(r"\b(the|of|and|is|are|to)\b", own)
    assert " %" not in own


def test_the_same_month_gives_the_same_bytes(report_inputs):
    inputs = report_inputs()
    assert page(inputs) == page(inputs)


def test_a_country_of_31_provinces_and_2000_cards_is_small_and_fast(report_inputs, whole):  # noqa: ARG001
    import time  # noqa: PLC0415

    listed = [
        {"rank": rank, "subscriber_id": f"S{rank:07d}", "receipt": f"2025-06-01.a151a9c8.64d8a4b4.{rank:08x}.5fbbf704"}
        for rank in range(1, 2001)
    ]
    inputs = report_inputs(summaries=sample.summaries(NAMED, listed=2000), list=listed, language="zh")
    started = time.process_time()
    html = page(inputs)
    assert time.process_time() - started < TOO_SLOW
    assert 1_000_000 < len(html.encode()) < TOO_LARGE


def test_the_sample_has_a_row_for_every_table_that_a_page_shows():
    by_table = sample.summaries(["North"], listed=1)
    assert {table.name for table in TABLES if not by_table[table.name]} == {"loyalty"}
    assert figures.METRICS in READS


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "By gender, Churners who are not on the list: from 40.0 % (f) to 61.0 % (m); 2 of 2 groups differ"),
        ("zh", "按性别，未列入名单的流失用户占比：从 40.0%（f）到 61.0%（m）；2 个群体中有 2 个"),
    ],
)
def test_groups_that_are_treated_otherwise_are_told(report_inputs, language, said):
    line = {"slice_by": "gender", "metric": "false_negative_rate", "lowest_slice": "f", "highest_slice": "m"}
    line |= {"lowest": 0.4, "highest": 0.61, "all_rows": 0.5, "slices": 2, "slices_off": 2, "slices_off_by_chance": 0.2}
    health = page_of(data(page(report_inputs(language=language, fairness=[line]))), "model")
    assert any(text.startswith(said) for text in texts(health))
