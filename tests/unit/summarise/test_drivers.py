"""What leaving goes with."""

from __future__ import annotations

import datetime as dt

import ibis
import numpy as np
import pandas as pd
import pytest

from savedesk.schemas import cohort, features, plan_changes, subscribers
from savedesk.stages.summarise.drivers import banded, drivers

DAY = dt.date(2025, 3, 1)


def explanation_of(rows, p, given, changes="subscriber_id | changed_on\n"):
    """Return the drivers of one as_of, by what they are grouped by and group, for everybody."""
    names = [row["subscriber_id"] for row in rows]
    plain = {"subscriber_id", "churned", "segment", "region"}
    known = [
        {"subscriber_id": n, "as_of": DAY} | {k: v for k, v in row.items() if k not in plain}
        for n, row in zip(names, rows, strict=True)
    ]
    master = [
        {"subscriber_id": n, "region": row.get("region"), "segment": row.get("segment")}
        for n, row in zip(names, rows, strict=True)
    ]
    labels = [{"subscriber_id": n, "as_of": DAY, "churned": row["churned"]} for n, row in zip(names, rows, strict=True)]
    return drivers(
        given(cohort.TABLE, labels),
        given(features.TABLE, known),
        given(plan_changes.TABLE, changes),
        given(subscribers.TABLE, master),
        p,
    )


def country(frame):
    return {(row.by, row.group): row for row in frame[frame["region"] == "all"].itertuples()}


def someone(name, churned, **known):
    return {"subscriber_id": name, "churned": churned, **known}


def test_a_band_goes_from_its_edge_to_below_the_next():
    column, codes = banded(
        ibis.memtable({"x": [None, -0.2, 0.0, 0.1, 0.29, 0.3, 9.0]}).x, (0.1, 0.3), "none", lower=True
    )
    assert column.to_pandas().tolist() == ["none", "lower", "none", "0.1-0.3", "0.1-0.3", "0.3+", "0.3+"]
    assert codes == ("lower", "none", "0.1-0.3", "0.3+")


def test_only_a_recent_rise_by_the_operator_that_was_known_counts(given, p):
    changes = """
    subscriber_id | changed_on | known_on   | old_fee | new_fee | initiated_by
    recent        | 2025-02-01 | 2025-01-15 | 100     | 107     | operator
    old           | 2024-11-01 | 2024-10-15 | 100     | 120     | operator
    own           | 2025-02-01 | 2025-02-01 | 100     | 120     | subscriber
    secret        | 2025-02-01 | 2025-03-01 | 100     | 120     | operator
    fallen        | 2025-02-01 | 2025-02-01 | 100     | 90      | operator
    """
    rows = [someone(name, name == "recent") for name in ("recent", "old", "own", "secret", "fallen")]
    groups = country(explanation_of(rows, p, given, changes))
    assert groups["price_rise", "0.05-0.1"].rows == 1
    assert groups["price_rise", "0.05-0.1"].churners == 1
    assert groups["price_rise", "none"].rows == 4


def test_the_state_of_a_complaint_that_weighs_most_is_told(given, p):
    nothing = {"complaints_open": 0.0, "complaints_reopened_12m": 0.0, "complaints_repeated_12m": 0.0}
    nothing |= {"complaint_days_to_close": None, "complaint_count_12m": 0.0}
    rows = [
        someone("none", False, **nothing),
        someone("in_time", False, **nothing | {"complaint_count_12m": 1.0, "complaint_days_to_close": 2.0}),
        someone("late", True, **nothing | {"complaint_count_12m": 1.0, "complaint_days_to_close": 14.0}),
        someone("again", True, **nothing | {"complaint_count_12m": 2.0, "complaints_repeated_12m": 1.0}),
        someone(
            "reopened",
            True,
            **nothing | {"complaint_count_12m": 2.0, "complaints_repeated_12m": 1.0, "complaints_reopened_12m": 1.0},
        ),
        someone(
            "open",
            True,
            **nothing | {"complaint_count_12m": 1.0, "complaints_open": 1.0, "complaints_reopened_12m": 1.0},
        ),
    ]
    groups = country(explanation_of(rows, p, given))
    counts = {group: groups["complaint", group].rows for by, group in groups if by == "complaint"}
    assert counts == dict.fromkeys(("none", "resolved_in_time", "resolved_late", "repeated", "reopened", "open"), 1)
    assert [groups["complaint", code].place for code in ("none", "open", "resolved_in_time")] == [1, 2, 6]


def test_tenure_is_told_by_the_month_up_to_the_last(given, p):
    rows = [
        someone(f"s{months}", months > 50, months_since_activation=months) for months in (0.9, 1.0, 59.9, 60.0, 400.0)
    ]
    groups = country(explanation_of(rows, p, given))
    assert {group: row.rows for (by, group), row in groups.items() if by == "tenure_month"} == {
        "0": 1,
        "1": 1,
        "59": 1,
        "60+": 2,
    }


def test_a_source_without_a_feature_lacks_its_groups_and_nothing_else(given, p):
    frame = explanation_of([someone("a", True, competitor_campaigns_3m=2.0)], p, given)
    assert set(frame["by"]) == {"price_rise", "competitor_campaigns"}


def test_a_rate_lies_within_its_interval(given, p):
    frame = explanation_of([someone(f"s{place}", place < 3, bill_shock_1m=0.5) for place in range(10)], p, given)
    row = country(frame)["bill_shock", "0.3-0.6"]
    assert row.churn_rate == pytest.approx(0.3)
    assert 0 < row.low < 0.3 < row.high < 1


def test_like_is_compared_with_like_as_a_slow_count_says(given, p):
    draw = np.random.default_rng(1)
    rows = [
        someone(
            f"s{place}",
            bool(draw.random() < 0.4),
            segment=str(draw.choice(["consumer", "business"])),
            region=["north", "south", None][draw.integers(3)],
            plan_overspend_3m=float(draw.choice([0.0, 0.1, 0.4])),
            months_since_activation=float(draw.choice([3.0, 8.0, 40.0])),
            contract_phase=str(draw.choice(["none", "last"])),
        )
        for place in range(300)
    ]
    frame = explanation_of(rows, p, given)
    for region in ("all", "north"):
        here = [row for row in rows if region in ("all", row["region"])]
        for group, least, most in (("0.05-0.15", 0.05, 0.15), ("0.3+", 0.3, 9)):
            own = [row for row in here if least <= row["plan_overspend_3m"] < most]
            expected = _slow_comparison(own, [row for row in here if row["plan_overspend_3m"] < 0.05])
            part = frame[(frame["region"] == region) & (frame["by"] == "plan_misfit") & (frame["group"] == group)]
            assert part["compared_rate"].tolist() == pytest.approx([expected])
            assert part["rows"].tolist() == [len(own)]
    base = frame[(frame["by"] == "plan_misfit") & (frame["group"] == "none")]
    assert base["compared_rate"].isna().all()


def _slow_comparison(own, others):
    kind = lambda row: (row["segment"], row["months_since_activation"], row["contract_phase"])  # noqa: E731
    rates = []
    for row in own:
        alike = [other["churned"] for other in others if kind(other) == kind(row)]
        if alike:
            rates.append(sum(alike) / len(alike))
    return sum(rates) / len(rates)


def test_without_a_labelled_row_there_is_nothing_to_tell(given, p):
    frame = drivers(
        given(cohort.TABLE, [{"subscriber_id": "a", "as_of": DAY, "churned": None}]),
        given(features.TABLE, [{"subscriber_id": "a", "as_of": DAY, "bill_shock_1m": 0.5}]),
        given(plan_changes.TABLE, []),
        given(subscribers.TABLE, [{"subscriber_id": "a"}]),
        p,
    )
    assert isinstance(frame, pd.DataFrame)
    assert frame.empty
