"""A metric is declared once: docs, pages and comparisons are made from that."""

import re
from pathlib import Path

import pytest

from savedesk.metrics.declaration import LOWER, Form, Place
from savedesk.metrics.registry import EVERY, METRICS, metric_of, place_of, shown_in
from savedesk.metrics.write_docs import PAGES, page_with_tables, table_of

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("page", PAGES)
def test_the_tables_of_the_docs_are_those_of_the_declarations(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    assert page_with_tables(text) == text, "run: python -m savedesk.metrics.write_docs"


def test_every_group_has_its_table_in_the_docs():
    text = (ROOT / PAGES[0]).read_text(encoding="utf-8")
    assert {metric.group for metric in METRICS} == set(re.findall(r"<!-- metrics: (\w+) -->", text))


def test_a_name_is_declared_once():
    names = [metric.name for metric in METRICS]
    assert len(names) == len(set(names))
    shown_first = [metric.mlflow for metric in EVERY if metric.mlflow]
    assert len(shown_first) == len(set(shown_first))


@pytest.mark.parametrize(
    "metric", [metric for metric in METRICS if metric.is_shown(Place.PAGE)], ids=lambda metric: metric.name
)
def test_what_stands_on_the_page_has_a_label_in_both_languages(metric):
    assert metric.en
    assert metric.zh
    assert not metric.zh.isascii() or metric.zh in ("MPC", "EMPC")


def test_a_share_belongs_to_its_metric():
    assert metric_of("lift_at_5pct").name == "lift_at"
    assert metric_of("precision_at_capacity").name == "precision_at_capacity"
    order = ["lift_at_10pct", "auc", "lift_at_5pct", "profit_at_capacity"]
    assert sorted(order, key=place_of) == ["profit_at_capacity", "auc", "lift_at_5pct", "lift_at_10pct"]


def test_a_figure_that_nobody_declared_is_refused():
    with pytest.raises(LookupError, match="the metric gini is not declared"):
        metric_of("gini")
    with pytest.raises(LookupError, match="no metric is of the group taste"):
        table_of("taste")


def test_the_champion_stands_beside_the_model_with_the_digits_of_the_metric():
    for metric in shown_in(Place.CHAMPION):
        beside, ahead = metric_of(f"champion_{metric.name}"), metric_of(f"champion_{metric.name}_ahead")
        assert (beside.form, beside.digits) == (metric.form, metric.digits) == (ahead.form, ahead.digits)
        assert ("below" in ahead.en) is (metric.better == LOWER)


def test_a_table_has_as_many_cells_in_each_line():
    lines = table_of("ranking").splitlines()
    assert {line.replace("\\|", "").count("|") for line in lines} == {6}


def test_forms_that_are_no_plain_numbers_have_no_digits():
    assert all(metric.digits == 0 for metric in METRICS if metric.form != Form.NUMBER)
