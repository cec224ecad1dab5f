"""What `savedesk compare` says of kept runs, in the terminal and on its page."""

from __future__ import annotations

import re
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
from tests.kept import home_of, judged_by, keep, noisy, operator

from savedesk.errors import ParamsError
from savedesk.operations.compare import command
from savedesk.operations.compare.command import compared, held_against_first
from savedesk.operations.compare.comparison import INCOMPARABLE, LEVEL, UNPAIRED, WORSE


@pytest.fixture(scope="module")
def rows():
    return operator()


@pytest.fixture(scope="module")
def home(tmp_path_factory, rows):
    """Two seeds of one setting, one that knows less, and one of other months."""
    root = home_of(tmp_path_factory.mktemp("compare") / "home")
    first = judged_by(rows, noisy(rows, 0.5, 1))
    keep(root, "seed7", first, params={"train.seed": "7", "train.bags": "3"}, listed=["S1", "S2", "S3"])
    keep(root, "seed8", judged_by(rows, noisy(rows, 0.5, 2)), params={"train.seed": "8"}, listed=["S4", "S3", "S2"])
    keep(root, "blind", judged_by(rows, noisy(rows, 3.0, 3)), features=("tenure", "noise"))
    keep(root, "later", first.drop_duplicates("subscriber_id").assign(as_of="2026-03-01"))
    figures = {
        f"evaluate.profit_at_capacity{end}": value for end, value in (("", 900.0), ("_low", 800.0), ("_high", 1000.0))
    }
    keep(root, "far", None, metrics=figures)
    keep(root, "near", first, metrics={name: value + 5000 for name, value in figures.items()})
    return root


def verdict(home, a, b):
    return held_against_first(home, [a, b])[0].verdict


def test_two_seeds_of_one_setting(home):
    kind, sentence = verdict(home, "seed7", "seed8")
    assert kind == LEVEL
    assert sentence.startswith("no difference that the data can show")


def test_a_model_that_knows_less(home):
    kind, sentence = verdict(home, "seed7", "blind")
    assert kind == WORSE
    assert re.search(r"\[blind000\] earns [\d,]+ EUR less a month \(-[\d,]+ to -[\d,]+\)", sentence)


def test_a_sure_difference_that_another_seed_might_make_says_nothing_of_the_setting(home):
    comparison = held_against_first(home, ["seed7", "blind"])[0]
    kind, sentence = type(comparison)(comparison.a, comparison.b, comparison.pairing, seeds=0.99).verdict
    assert kind == LEVEL
    assert sentence.startswith("no difference that another seed might not make")


def test_different_rows(home):
    kind, sentence = verdict(home, "seed7", "later")
    assert kind == INCOMPARABLE
    assert "cannot be compared: no as_of date was evaluated by both" in sentence


def test_figures_alone_are_no_pair(home):
    kind, sentence = verdict(home, "far", "near")
    assert kind == UNPAIRED
    assert "reported +5,000 EUR a month; their intervals lie apart; not paired" in sentence


def test_what_else_differs(home):
    first, second = held_against_first(home, ["seed7", "seed8", "blind"])
    assert first.params == [("train.bags", "3", "-"), ("train.seed", "7", "8")]
    assert (second.features.added, second.features.dropped, second.features.both) == (("noise",), ("usage",), 1)
    assert first.lists.overlap == pytest.approx(2 / 4)
    assert list(first.lists.only("_a")["subscriber_id"]) == ["S1"]
    assert second.lists is None


def test_one_run_and_the_same_run_twice_are_refused(home):
    with pytest.raises(ParamsError, match="one run alone"):
        held_against_first(home, ["seed7"])
    with pytest.raises(ParamsError, match="'seed7' is a run that was named before"):
        held_against_first(home, ["seed70000", "seed7"])


def test_the_page_needs_no_network_and_names_nobody(home, capsys):
    place = compared(home, ["seed7", "seed8", "far"], None)
    page = place.read_text(encoding="utf-8")
    assert place.parent == home / "comparisons"
    assert not re.findall(r'(?:src|href)="(?!#)', page)
    assert "<script" not in page
    assert not re.findall(r"https?://(?!www\.w3\.org)", page)
    assert "prefers-color-scheme: dark" in page
    assert "S4" not in page  # report.show_ids is false
    assert page.count('<h2 class="verdict') == 2
    assert page.count("<svg") == 3
    printed = capsys.readouterr().out
    assert "train.seed" in printed
    assert "S4" in printed


def test_the_page_names_subscribers_where_params_allow(home, tmp_path, monkeypatch):
    shown = command.load_params(home)
    report = shown["report"].model_copy(update={"show_ids": True})
    monkeypatch.setattr(command, "load_params", lambda _: shown | {"report": report})
    monkeypatch.setattr("savedesk.operations.compare.page.has_charts", lambda _: False)
    assert "S4" in compared(home, ["seed7", "seed8"], tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_label_is_text_and_never_markup(home, monkeypatch):
    comparison = held_against_first(home, ["seed7", "seed8"])[0]
    monkeypatch.setattr("savedesk.operations.compare.page.has_charts", lambda _: False)
    named = type(comparison.a.run)("<b>x</b>", "", "<b>x</b>", "", "mine", None)
    relabelled = SimpleNamespace(**vars(comparison.a) | {"run": named, "label": named.label})
    place = home / "comparisons" / "odd.html"
    command.write_page(
        place, [type(comparison)(relabelled, comparison.b, comparison.pairing, 0.02)], 0.95, 0.9, show_ids=False
    )
    assert "<b>x</b>" not in place.read_text(encoding="utf-8").split("</style>")[1]


def test_what_an_older_version_kept_cannot_steer_the_terminal_or_break_the_page(tmp_path, rows, capsys):
    planted = "N\x1b[31mo\x00r\x9bt\u202eh [/b]"
    root = home_of(tmp_path / "home")
    named = {"record": {"run_name": planted, "currency": planted}, "listed": [planted, "S2"]}
    first = rows.assign(region=rows["region"].where(rows["region"] != "North", planted))
    for key, seed in (("one", 1), ("two", 2)):
        keep(root, key, judged_by(first, noisy(rows, 0.5, seed)), params={planted: planted, "seed": key}, **named)
    page = compared(root, ["one", "two"], None).read_text(encoding="utf-8")
    shown = capsys.readouterr().out
    for text in (page, shown):
        assert r"N\x1b[31mo\x00r\x9bt\u202eh [/b]" in text
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
    drawn = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawn) == 3
    for svg in drawn:
        ET.fromstring(svg)  # noqa: S314 - our own
