"""Groups with their intervals: in which order, in which shape, beside what."""

from __future__ import annotations

from tests.unit.charts.drawn import marks, place, texts, width
from tests.unit.charts.figures import AUC, GAPS, of_groups

from savedesk.charts.forest import ROW, calibration_of_groups, differences, ranking_of_groups
from savedesk.charts.rendering import svg
from savedesk.charts.style import LEVEL, PAGE, PAPER
from savedesk.stages.evaluate.plots import TEXTS

MONEY = {"axis": "b - a", "within": "within chance", "off": "beyond chance"}


def test_the_title_names_the_weakest_group():
    assert "Ranking is weakest in North, with an AUC of 0.61" in texts(svg(ranking_of_groups(AUC, TEXTS.of("en"))))
    assert "排序能力最弱的是 North，AUC 为 0.61" in texts(svg(ranking_of_groups(AUC, TEXTS.of("zh"))))


def test_groups_stand_by_way_of_grouping_and_the_best_first():
    names = [text for text in texts(svg(ranking_of_groups(AUC, TEXTS.of("en")))) if ": " in text]
    assert names == ["tier: key", "region: South", "region: North"]


def test_groups_of_one_name_stay_apart():
    both = of_groups(("tier", "key", 0.7, 0.6, 0.8), ("segment", "key", 0.6, 0.5, 0.7))
    drawn = svg(ranking_of_groups(both, TEXTS.of("en")))
    first, second = (place(symbol)[1] for symbol in marks(drawn, "symbol"))
    assert second - first >= ROW
    assert {"tier: key", "segment: key"} <= set(texts(drawn))


def test_a_group_without_an_interval_has_its_dot_alone():
    both = of_groups(("tier", "key", 0.7, None, None), ("tier", "small", 0.6, 0.5, 0.7))
    drawn = svg(ranking_of_groups(both, TEXTS.of("en")))
    assert len(marks(drawn, "symbol")) == 2
    assert len([rule for rule in marks(drawn, "rule") if not rule.get("stroke-dasharray")]) == 1


def test_groups_off_by_more_than_their_interval_have_another_colour_and_shape():
    drawn = svg(calibration_of_groups(GAPS, TEXTS.of("en")))
    assert "Churn is off by more than its interval in 1 of 3 groups" in texts(drawn)
    looks = [(symbol.get("fill"), symbol.get("d", "").count("A") > 0) for symbol in marks(drawn, "symbol")]
    assert looks == [(PAPER.series[1], False), (PAPER.series[0], True), (PAPER.series[0], True)]


def test_gaps_are_drawn_in_points_beside_a_dashed_line_at_none():
    drawn = svg(calibration_of_groups(GAPS.iloc[:2], TEXTS.of("en")))
    assert {"+0.0", "+1.0"} <= set(texts(drawn))
    level = [rule for rule in marks(drawn, "rule") if rule.get("stroke-dasharray") == ",".join(map(str, LEVEL))]
    (none, _), (group, _) = place(level[0]), place(marks(drawn, "symbol")[0])
    assert len(level) == 1
    assert group > none


def test_differences_keep_the_order_of_their_rows_in_the_colours_of_the_page():
    rows = of_groups(("", "", -900.0, -1500.0, -300.0), ("", "", 200.0, -100.0, 500.0)).assign(name=["later", "all"])
    drawn = svg(differences(rows, MONEY, PAGE), PAGE)
    assert [text for text in texts(drawn) if text in ("later", "all")] == ["later", "all"]
    assert [symbol.get("fill") for symbol in marks(drawn, "symbol")] == ["var(--series-2)", "var(--series-1)"]


def test_names_in_wide_letters_have_more_room_on_the_left():
    latin, wide = (of_groups(("region", name, 0.7, 0.6, 0.8)) for name in ("aa", "新疆维吾尔自治区"))
    given = [svg(ranking_of_groups(rows, TEXTS.of("en"))) for rows in (latin, wide)]
    assert width(given[1]) - width(given[0]) > 8 * 12 * 0.9  # eight letters of 12 px
