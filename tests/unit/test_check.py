"""The checker of contracts: each kind of rule on a small table."""

from __future__ import annotations

import datetime as dt

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.desk import DUCKDB
from tests.tables import ARROW

from savedesk.engine.check import (
    RULE,
    column_rules,
    duplicate_rule,
    first_broken,
    meaning_of,
    reference_rules,
    require,
    strays,
)
from savedesk.errors import DataContractError
from savedesk.schemas.screen import surely_kept
from savedesk.schemas.table import Column, Identity, Table

CONTRACT = Table(
    "toys",
    "toy",
    "row",
    ("id",),
    (
        Column("id", "string", "key", references="people"),
        Column("share", "float64", "share", nullable=True, low=0, high=1),
        Column("kind", "string", "kind", nullable=True, allowed=("a", "b")),
        Column("day", "date", "day", nullable=True),
        Column("end", "date", "day", nullable=True, may_be_future=True),
    ),
    identities=(Identity("order", "day <= end", lambda t: t.day <= t.end),),
)
LATEST = dt.date(2025, 6, 30)
DAY = dt.date


def toys(*rows):
    return ibis.memtable(
        pa.table({c.name: pa.array([row.get(c.name) for row in rows], ARROW[c.dtype]) for c in CONTRACT.columns})
    )


def broken(latest=LATEST, **row):
    table = toys({"id": "x"} | row)
    marked = table.mutate(rule=first_broken(column_rules(table, CONTRACT, latest)))
    return marked.to_pyarrow()["rule"][0].as_py()


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"id": None}, "required:id"),
        ({"id": "  "}, "required:id"),
        ({"share": float("nan")}, "finite:share"),
        ({"share": float("inf")}, "finite:share"),
        ({"share": -0.001}, "range:share"),
        ({"share": 1.001}, "range:share"),
        ({"kind": "c"}, "allowed:kind"),
        ({"kind": "A"}, "allowed:kind"),
        ({"day": DAY(1899, 12, 31)}, "range:day"),
        ({"day": DAY(2025, 7, 1)}, "future:day"),
        ({"day": DAY(2025, 2, 1), "end": DAY(2025, 1, 1)}, "identity:order"),
        ({"id": None, "share": 2.0}, "required:id"),
        ({"share": 2.0, "kind": "c"}, "range:share"),
    ],
)
def test_the_first_broken_rule_is_named(row, rule):
    assert broken(**row) == rule


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"share": 0.0},
        {"share": 1.0},
        {"kind": "a"},
        {"day": DAY(1900, 1, 1)},
        {"day": LATEST},
        {"end": DAY(2099, 1, 1)},
        {"day": DAY(2025, 1, 1), "end": DAY(2025, 1, 1)},
        {"day": DAY(2025, 1, 1)},
    ],
)
def test_a_missing_value_or_an_edge_breaks_nothing(row):
    assert broken(**row) is None


def test_without_an_extraction_date_the_future_is_open():
    assert broken(latest=None, day=DAY(2099, 1, 1)) is None


def test_a_value_must_be_found_in_the_table_that_it_refers_to():
    people = ibis.memtable(pa.table({"id": ["x", "y"]}))
    table = toys({"id": "x"}, {"id": "z"}, {"id": None})
    assert [rule.name for rule in reference_rules(CONTRACT, {"people"}).values()] == ["reference:id"]
    assert [row["id"] for row in strays(table, "id", people).to_pyarrow().to_pylist()] == ["z"]
    assert reference_rules(CONTRACT, {}) == {}


def test_no_rules_break_nothing():
    table = toys({"id": "x"})
    assert table.mutate(rule=first_broken([])).to_pyarrow().to_pylist()[0]["rule"] is None


def duplicates(*rows):
    table = ibis.memtable(pa.table({"id": [r[0] for r in rows], "v": pa.array([r[1] for r in rows], pa.int64())}))
    table = table.mutate(number=ibis.row_number())
    table = table.mutate(rule=duplicate_rule(table, CONTRACT, "number"))
    return [row["rule"] for row in sorted(table.to_pyarrow().to_pylist(), key=lambda row: row["number"])]


def test_of_copies_one_stays():
    assert duplicates(("a", 1), ("a", 1), ("b", None), ("b", None), ("c", 1)) == [
        None,
        "copy:id",
        None,
        "copy:id",
        None,
    ]


def test_rows_that_contradict_each_other_are_all_turned_away():
    assert duplicates(("a", 1), ("a", 2), ("b", 1)) == ["unique:id", "unique:id", None]
    assert duplicates(("a", 1), ("a", None)) == ["unique:id", "unique:id"]
    assert duplicates(("a", 1), ("a", 1), ("a", 2)) == ["unique:id"] * 3


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("range:share", "share must be at least 0 and at most 1"),
        ("required:id", "id must be given and not blank"),
        ("allowed:kind", "kind must be one of a, b"),
        ("identity:order", "day <= end"),
        ("unique:id", "rows contradict each other on the key id"),
        ("copy:id", "row is a copy of another with the same id"),
    ],
)
def test_a_rule_in_words(rule, words):
    assert meaning_of(rule, column_rules(toys({"id": "x"}), CONTRACT)) == words


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"id": "x", "share": 2.0}, {"id": "y", "share": 3.0}], r"share must be .* \(2 rows, first: id="),
        ([{"id": "x"}, {"id": "x"}], r"key \('id',\) repeats, first: .*'x'"),
    ],
)
def test_a_stages_own_table_must_keep_every_rule(rows, said):
    with DUCKDB() as engine, pytest.raises(DataContractError, match=said) as caught:
        require(toys(*rows), CONTRACT, engine)
    assert caught.value.where == "data/toy/toys.parquet"


def test_a_missing_column_is_named():
    with DUCKDB() as engine, pytest.raises(DataContractError, match="column 'share' is missing"):
        require(toys({"id": "x"}).drop("share"), CONTRACT, engine)


def test_a_table_that_keeps_every_rule_passes():
    with DUCKDB() as engine:
        require(toys({"id": "x", "share": 0.5}, {"id": "y"}), CONTRACT, engine)
        require(toys({"id": "y"}, {"id": "x"}), CONTRACT, engine)  # in another order than that of the key
        require(toys(), CONTRACT, engine)


any_row = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["x", "y", "z", " ", None]),
        "share": st.one_of(st.none(), st.floats(-1, 2), st.just(float("nan"))),
        "kind": st.sampled_from(["a", "b", "c", None]),
        "day": st.one_of(st.none(), st.dates(DAY(1899, 12, 1), DAY(2026, 1, 1))),
        "end": st.one_of(st.none(), st.dates(DAY(1899, 12, 1), DAY(2026, 1, 1))),
    }
)


@settings(max_examples=25, deadline=None)
@given(st.lists(any_row, max_size=12))
def test_every_row_is_either_whole_or_broken(rows):
    table = toys(*rows)
    rules = column_rules(table, CONTRACT, LATEST)
    marked = table.mutate(**{RULE: first_broken(rules)}).mutate(
        **{f"r{n}": rule.broken for n, rule in enumerate(rules)}
    )
    checked = marked.to_pyarrow().to_pylist()
    assert len(checked) == len(rows)
    for row in checked:
        each = [row[f"r{n}"] for n in range(len(rules))]
        assert None not in each
        assert row[RULE] == next((rule.name for rule, bad in zip(rules, each, strict=True) if bad), None)


@settings(max_examples=200, deadline=None)
@given(st.lists(any_row, max_size=3), st.booleans())
def test_the_quick_look_passes_no_broken_row(rows, one_is_whole):
    """Where it is sure, no rule is broken; and it is sure of rows that are whole."""
    table = toys(*rows, *([{"id": "w", "share": 0.5, "kind": "a", "day": DAY(2025, 1, 1)}] if one_is_whole else []))
    kinds = table.mutate(**{RULE: first_broken(column_rules(table, CONTRACT, LATEST))})
    whole = kinds.filter(kinds[RULE].notnull()).count().execute() == 0
    assert surely_kept(table, CONTRACT, LATEST) == whole
