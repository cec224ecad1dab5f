"""Randomised past contacts give an unbiased estimate of what they changed: over 200 small operators."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from tests.simulated import BOOK, outcomes, read, section

from savedesk.simulator.calendar import first_day, month_number
from savedesk.simulator.chunks import the_world
from savedesk.simulator.ledger import OF_LINES, Ledger
from savedesk.simulator.operator import Operator
from savedesk.simulator.truth import true_chances, window_at

OPERATORS, LINES, BURN_IN = 200, 900, 6
Z_90 = 1.645


def test_the_interval_covers_the_true_average_effect_at_its_nominal_rate() -> None:
    covered, errors, effects = [], [], []
    for seed in range(OPERATORS):
        estimate, error, truth = campaign_of(seed)
        covered.append(abs(estimate - truth) <= Z_90 * error)
        errors.append((estimate - truth) / error)
        effects.append(truth)
    # A rate of 0.9 over 200 operators has a standard deviation of 0.021.
    assert 0.83 < np.mean(covered) < 0.965
    assert abs(np.mean(errors)) < 3 / np.sqrt(OPERATORS)
    assert 0 < np.mean(effects) < 0.03


def campaign_of(seed: int) -> tuple[float, float, float]:
    """Return difference in churn between the arms of one campaign, its standard error, and the true average effect."""
    quiet = section(seed=seed, burn_in_months=BURN_IN, campaigns={"monthly_share": 0.0, "sales_rate": 0.02})
    busy = section(seed=seed, burn_in_months=BURN_IN, campaigns={"monthly_share": 0.7, "sales_rate": 0.02})
    month = month_number(quiet.first_month)
    operator = Operator(quiet, the_world(quiet), np.random.default_rng(seed), Ledger(OF_LINES), LINES)
    for burnt in range(month - BURN_IN, month):
        operator.live(burnt, writes=False)
    start = operator.lines.at(operator.lines["activated"] < first_day(month) - 30)
    without, with_action = true_chances(busy, operator.effects, start, month, window_at(busy, month))
    operator.params = busy
    for later in range(month, month + 3):
        operator.live(later, writes=True)
    operator.close()
    with tempfile.TemporaryDirectory() as scratch:
        operator.ledger.save(Path(scratch), BOOK, first_day(month + 3))
        asleep = np.full(operator.next_number, 2)
        asleep[start["number"] - 1] = start["silent_months"]
        churned, reached = outcomes(Path(scratch), busy, asleep)
        contacts = read(Path(scratch), "contacts")
    effect = pd.DataFrame({name: without - chance for name, chance in with_action.items()}, index=start["number"])
    asked = contacts[(contacts["campaign_id"] == f"R{month}") & contacts["number"].isin(effect.index)]
    line = asked["number"].to_numpy()
    kept = reached[line - 1] & (asleep[line - 1] < 2)
    line, asked = line[kept], asked[kept]
    truth = effect.to_numpy()[effect.index.get_indexer(line), effect.columns.get_indexer(asked["action"].astype(str))]
    left, treated = churned[line - 1].astype(float), (asked["arm"] == "treated").to_numpy()
    arms = left[~treated], left[treated]
    error = np.sqrt(sum(arm.var(ddof=1) / len(arm) for arm in arms))
    return arms[0].mean() - arms[1].mean(), error, truth.mean()
