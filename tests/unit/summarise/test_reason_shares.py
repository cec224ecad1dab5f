"""Why they leave, by the value behind it."""

from __future__ import annotations

import pytest

from savedesk.schemas import reasons, values
from savedesk.stages.summarise.reason_shares import reason_shares

REASONS = """
subscriber_id | as_of      | position | reason
a             | 2025-03-01 | 1        | price
a             | 2025-03-01 | 2        | network
b             | 2025-03-01 | 1        | network
d             | 2025-03-01 | 1        | none
c             | 2025-02-01 | 1        | price
"""
VALUES = """
subscriber_id | as_of      | value_at_risk
a             | 2025-03-01 | 60
b             | 2025-03-01 | 20
c             | 2025-02-01 | 0
c             | 2025-03-01 | 500
d             | 2025-03-01 | 20
"""


def test_first_reasons_share_the_value_at_risk_of_the_candidates(given, people):
    shares = reason_shares(given(reasons.TABLE, REASONS), given(values.TABLE, VALUES), people)
    rows = {(row.region, str(row.as_of)[5:7], row.reason): row for row in shares.itertuples()}
    assert rows["all", "03", "price"].share == pytest.approx(0.6)
    assert rows["all", "03", "network"].candidates == 1
    assert rows["north", "03", "price"].share == pytest.approx(0.75)
    assert ("south", "03", "price") not in rows
    assert rows["south", "02", "price"].share == 0


def test_shares_of_a_region_and_month_add_up(given, people):
    shares = reason_shares(given(reasons.TABLE, REASONS), given(values.TABLE, VALUES), people)
    sums = shares.groupby(["region", "as_of"])["share"].sum()
    assert sums[sums > 0].tolist() == pytest.approx([1.0] * int((sums > 0).sum()))
