"""Slow, obvious twins in plain pandas and loops: the features agree with them to 1e-9."""

from __future__ import annotations

import itertools
import math
import statistics

import numpy as np
import pandas as pd
import pytest
from tests.tables import feature_values
from tests.unit.features.test_point_in_time import AS_OF, known, operator

from savedesk.contracts import bills, complaints, plan_changes, subscribers, usage

FIRST_MONTH = pd.Period("2024-06")
LAST_MONTH = pd.Period("2025-06")


def mean(values):
    there = [value for value in values if value is not None]
    return sum(there) / len(there) if there else None


def share(part, whole):
    return part / whole if part is not None and whole is not None and whole > 0 else None


class Person:
    """One subscriber's facts before as_of, as plain lists."""

    def __init__(self, one, facts):
        self.own = {
            contract: [row for row in rows if row.get("subscriber_id") == one["subscriber_id"]]
            for contract, rows in facts.items()
        }
        self.activated_on = one["activated_on"]
        self.newest = max(
            pd.Period(row["month"], "M") for row in facts[usage.TABLE] if pd.Period(row["month"], "M") <= LAST_MONTH
        )

    def used(self, measure, first, last):
        cells = []
        for lag in range(first, last + 1):
            month = LAST_MONTH + 1 - lag
            rows = [row for row in self.own[usage.TABLE] if pd.Period(row["month"], "M") == month]
            silent = self.activated_on and pd.Timestamp(self.activated_on) < month.start_time and month <= self.newest
            cells.append(rows[0][measure] if rows else 0.0 if silent and month >= FIRST_MONTH else None)
        return cells

    def billed(self, column, first, last):
        months = {pd.Period(row["month"], "M"): row for row in self.own[bills.TABLE]}
        return [months.get(LAST_MONTH + 1 - lag, {}).get(column) for lag in range(first, last + 1)]

    def days_since(self, contract, column, **wanted):
        rows = [row for row in self.own[contract] if all(row[name] == value for name, value in wanted.items())]
        return [((AS_OF - row[column]).days, row) for row in rows]


def change(now, before):
    return share(now - before, before) if now is not None and before is not None else None


def trend(cells):
    if None in cells:
        return None
    newest_last = cells[::-1]
    slopes = [(newest_last[j] - newest_last[i]) / (j - i) for i, j in itertools.combinations(range(6), 2)]
    return share(statistics.median(slopes), mean(cells))


def volatility(cells):
    there = [cell for cell in cells if cell is not None]
    return share(float(np.std(there)), mean(there)) if there else None


def streak(flags):
    return float(len(list(itertools.takewhile(bool, flags))))


def shock(p):
    before = p.billed("total_due", 2, 6)
    return None if None in before else change(p.billed("total_due", 1, 1)[0], statistics.median(before))


def repeated(p):
    causes = [row["category"] for age, row in p.days_since(complaints.TABLE, "opened_at") if age <= 366]
    return float(len(causes) - len(set(causes)))


ORACLES = {
    "voice_min_3m": lambda p: mean(p.used("voice_min", 1, 3)),
    "data_mb_12m": lambda p: mean(p.used("data_mb", 1, 12)),
    "usage_change_1m": lambda p: change(p.used("voice_min", 1, 1)[0], mean(p.used("voice_min", 2, 7))),
    "usage_trend_6m": lambda p: trend(p.used("voice_min", 1, 6)),
    "usage_volatility_6m": lambda p: volatility(p.used("voice_min", 1, 6)),
    "offnet_share_3m": lambda p: share(mean(p.used("offnet_min", 1, 3)), mean(p.used("voice_min", 1, 3))),
    "zero_voice_months_6m": lambda p: float(p.used("voice_min", 1, 6).count(0.0)),
    "silent_months": lambda p: streak(
        v == 0 and d == 0 for v, d in zip(p.used("voice_min", 1, 6), p.used("data_mb", 1, 6), strict=True)
    ),
    "dropped_share_3m": lambda p: share(mean(p.used("dropped_calls", 1, 3)), mean(p.used("calls", 1, 3))),
    "bill_shock_1m": shock,
    "overage_streak": lambda p: streak(cell is not None and cell > 0 for cell in p.billed("overage_fee", 1, 6)),
    "price_rise_12m": lambda p: max(
        (
            (row["new_fee"] - row["old_fee"]) / row["old_fee"]
            for age, row in p.days_since(plan_changes.TABLE, "changed_on", initiated_by="operator")
            if age <= 366
        ),
        default=None,
    ),
    "bills_overdue": lambda p: float(
        sum(row["due_on"] < AS_OF and row["paid_on"] is None for row in p.own[bills.TABLE])
    ),
    "days_late_6m": lambda p: max(
        (
            float((row["paid_on"] - row["due_on"]).days)
            for age, row in p.days_since(bills.TABLE, "billed_on")
            if age <= 184 and row["paid_on"]
        ),
        default=None,
    ),
    "complaint_count_3m": lambda p: float(sum(age <= 92 for age, _ in p.days_since(complaints.TABLE, "opened_at"))),
    "complaint_open_days": lambda p: float(
        max((age for age, _ in p.days_since(complaints.TABLE, "opened_at", closed_at=None)), default=0)
    ),
    "complaints_repeated_12m": repeated,
}


def filled(values):
    return [math.nan if value is None else value for value in values]


@pytest.fixture(scope="module")
def both():
    facts = known(operator(seed=11))
    found = feature_values(facts, str(AS_OF), ORACLES)
    return [(Person(one, facts), found[one["subscriber_id"]]) for one in facts[subscribers.TABLE]]


@pytest.mark.parametrize("name", ORACLES)
def test_a_feature_agrees_with_its_obvious_twin(name, both):
    expected = [ORACLES[name](person) for person, _ in both]
    assert len(set(expected)) > 1
    assert filled([row[name] for _, row in both]) == pytest.approx(filled(expected), rel=1e-9, nan_ok=True)
