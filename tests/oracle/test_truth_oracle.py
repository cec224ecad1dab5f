"""The true chances against their slow, obvious twin: the same lines living through the same months many times."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2
from tests.simulated import BOOK, outcomes, section

from savedesk.schemas.truth import ACTIONS
from savedesk.simulator.calendar import first_day, month_number
from savedesk.simulator.campaigns import Wish, make_contacts
from savedesk.simulator.chunks import the_world
from savedesk.simulator.ledger import OF_LINES, Ledger
from savedesk.simulator.operator import Operator
from savedesk.simulator.truth import true_chances, window_at

LIVES, LINES = 60, 1500
PARAMS = section(burn_in_months=14, campaigns={"monthly_share": 0.0})
MONTH = month_number(PARAMS.first_month)


@pytest.fixture(scope="module")
def settled() -> Operator:
    """An operator on the first day of its first month, some effects of contacts still running."""
    busy = section(burn_in_months=14, campaigns={"monthly_share": 0.3})
    operator = Operator(busy, the_world(busy), np.random.default_rng(3), Ledger(OF_LINES), LINES)
    for month in range(MONTH - 14, MONTH):
        operator.live(month, writes=False)
    return operator


def lived(settled: Operator, action: str | None, folder: Path) -> pd.DataFrame:
    """Return, for each line, its true chance and how often it churned among the lives that reached the window."""
    here = np.flatnonzero(settled.lines["activated"] < first_day(MONTH) - 30)
    start = settled.lines.at(here)
    without, with_action = true_chances(PARAMS, settled.effects, start, MONTH, window_at(PARAMS, MONTH))
    twin = Operator(PARAMS, settled.world, np.random.default_rng(4), Ledger(OF_LINES), LINES)
    twin.lines = start.at(np.tile(np.arange(len(start)), LIVES))
    count = len(twin.lines)
    twin.lines["number"], twin.lines["account"] = np.arange(1, count + 1), np.zeros(count, dtype=np.int64)
    if action:
        wish = Wish(np.arange(count), np.full(count, ACTIONS.index(action)), np.ones(count, dtype=bool))
        make_contacts(PARAMS, twin.draw, twin.lines, wish, MONTH)
    asleep = start["silent_months"]
    for month in range(MONTH, MONTH + 3):
        twin.live(month, writes=True)
    twin.close()
    twin.ledger.save(folder, BOOK, first_day(MONTH + 3))
    churned, in_window = outcomes(folder, PARAMS, np.tile(asleep, LIVES))
    cohort = np.tile(asleep < 2, LIVES) & in_window
    line = np.tile(np.arange(len(start)), LIVES)
    rows = pd.DataFrame({"line": line[cohort], "churned": churned[cohort]})
    chance = with_action[action] if action else without
    return rows.assign(chance=chance[rows["line"]])


@pytest.mark.parametrize("action", [None, "loyalty_discount", "fitting_plan", "payment_plan", "reactivation_pack"])
def test_lines_churn_as_often_as_their_true_chance_says(settled: Operator, action: str | None, tmp_path: Path) -> None:
    rows = lived(settled, action, tmp_path)
    rows["band"] = pd.qcut(rows["chance"], 12, duplicates="drop")
    bands = rows.groupby("band", observed=True).agg(
        chance=("chance", "mean"), seen=("churned", "mean"), n=("line", "size")
    )
    away = (bands["seen"] - bands["chance"]) ** 2 * bands["n"] / (bands["chance"] * (1 - bands["chance"]))
    assert chi2.sf(away.sum(), len(bands)) > 1e-3, bands.assign(away=away)
    assert rows["chance"].std() > 0.05
