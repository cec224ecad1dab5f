"""Figures against the truth, where a simulator knows it: the ceiling, the oracle's list, and how far the run is off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from savedesk.contracts.truth import ACTIONS
from savedesk.evaluate.bootstrap import Figure, figures_with_intervals
from savedesk.evaluate.money import Flags, contacted
from savedesk.evaluate.probability import row_losses, weighted_mean
from savedesk.evaluate.ranking import Floats, auc, ranked, totals
from savedesk.evaluate.rows import subscriber_codes
from savedesk.params.cohort import CohortParams
from savedesk.params.evaluate import EvaluateParams
from savedesk.params.prioritise import PrioritiseParams
from savedesk.params.simulator import SimulatorParams

HARM = 1e-5  # of probability: ten times the rounding of the table
BISECTIONS = 40
WINDOW = ("lead_days", "outcome_days", "arrears_days", "dormant_days")


def windows_differ(cohort: CohortParams, simulator: SimulatorParams) -> str:
    """Return in words where the truth was written for another window than the cohort's, or nothing."""
    pairs = [(name, getattr(cohort, name), getattr(simulator.truth, name)) for name in WINDOW]
    return "; ".join(
        f"cohort.{name} is {own} and simulator.truth.{name} is {other}: set both alike to see the ceiling"
        for name, own, other in pairs
        if own != other
    )


@dataclass(frozen=True)
class Trial:
    """What trying actions is truly worth, row x action; NaN where the action is not open to the row.

    Args:
        gain: (p0 - pa)(V - d) - (1 - p0) u d - c; money (DESIGN section 8, the true chances in place of estimates).
        cost: expected spending, (p0 - pa) d + (1 - p0) u d + c; money.
        names: the actions.
    """

    gain: Floats
    cost: Floats
    names: tuple[str, ...]


def trial_of(rows: pd.DataFrame, policy: PrioritiseParams) -> Trial:
    """Return every action's true worth for every row, at the policy's costs and by the cheapest channel of the tier."""
    p0 = rows["true_probability"].to_numpy(dtype=float)
    value, margin = (rows[name].to_numpy(dtype=float) for name in ("remaining_value", "margin"))
    gains, costs, names = [], [], tuple(name for name in policy.actions if name in ACTIONS)
    for name in names:
        action = policy.actions[name]
        saved = p0 - rows[f"with_{name}"].to_numpy(dtype=float)
        offer = action.offer_cost + action.offer_cost_months * np.maximum(margin, 0)
        contact = rows["tier"].map(_cheapest(policy, action.channels)).to_numpy(dtype=float)
        cost = saved * offer + (1 - p0) * action.take_up * offer + contact
        gains.append(np.where(rows["contactable"], saved * value - cost, np.nan))
        costs.append(cost)
    return Trial(np.column_stack(gains), np.column_stack(costs), names)


def _cheapest(policy: PrioritiseParams, channels: tuple[str, ...]) -> dict[str, float]:
    costs: dict[str, float] = {}
    for name in channels:
        channel = policy.channels[name]
        for tier in channel.tiers:
            costs[tier] = min(costs.get(tier, np.inf), channel.cost)
    return costs


def own_choice(rows: pd.DataFrame, trial: Trial) -> tuple[Floats, Floats, Floats]:
    """Return true gain, expected spending and true change of churn of each row's own action; NaN where it has none."""
    place = pd.Index(trial.names).get_indexer(pd.Index(rows["action"]))
    known, every = place >= 0, np.arange(len(rows))
    p0 = rows["true_probability"].to_numpy(dtype=float)
    after = np.column_stack([rows[f"with_{name}"].to_numpy(dtype=float) for name in trial.names])[every, place]
    offer, take_up, contact, value = (
        rows[name].to_numpy(dtype=float) for name in ("offer_cost", "take_up", "contact_cost", "remaining_value")
    )
    cost = (p0 - after) * offer + (1 - p0) * take_up * offer + contact
    gain = (p0 - after) * value - cost
    return tuple(np.where(known, one, np.nan) for one in (gain, cost, p0 - after))  # type: ignore[return-value]


def oracle_choice(rows: pd.DataFrame, trial: Trial, contacts: int, spending: float) -> tuple[Flags, Floats]:
    """Return whom an oracle contacts at one as_of and what each truly gains: the best action, one an account.

    It contacts at most as many, and spends in expectation no more, than allowed. The price of money is found by
    bisection; choosing by gain - price x cost is the Lagrangian's answer, best but for the last contact.

    Args:
        rows: rows of one as_of.
        trial: true worth of the same rows.
        contacts: most contacts.
        spending: most expected spending; money.
    """
    best = _at_price(rows, trial, contacts, 0.0)
    low, high = 0.0, 1.0
    if best[2] > spending:
        while _at_price(rows, trial, contacts, high)[2] > spending and high < np.finfo(float).max / 4:
            high *= 2
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            tried = _at_price(rows, trial, contacts, middle)
            low, high = (middle, high) if tried[2] > spending else (low, middle)
        best = _at_price(rows, trial, contacts, high)
    return best[0], best[1]


def _at_price(rows: pd.DataFrame, trial: Trial, contacts: int, price: float) -> tuple[Flags, Floats, float]:
    worth = np.where(trial.gain > 0, trial.gain - price * trial.cost, -np.inf)
    worth = np.where(np.isnan(trial.gain), -np.inf, worth)
    action, every = worth.argmax(axis=1), np.arange(len(rows))
    best = worth[every, action]
    order = np.argsort(-best, kind="stable")
    order = order[best[order] > 0]
    order = order[~pd.Series(rows["account_id"].to_numpy()[order]).duplicated().to_numpy()][:contacts]
    chosen = np.zeros(len(rows), dtype=bool)
    chosen[order] = True
    gain = np.where(chosen, trial.gain[every, action], 0.0)
    return chosen, gain, float(trial.cost[every, action][chosen].sum())


def truth_figures(rows: pd.DataFrame, policy: PrioritiseParams, params: EvaluateParams) -> dict[str, Figure]:
    """Return ceiling, oracle and gaps, each with its interval; the pairs of a gap share their resamples.

    Args:
        rows: rows whose true churn probability is known.
        policy: section ``prioritise``.
        params: section ``evaluate``.
    """
    score, true = (rows[name].to_numpy(dtype=float) for name in ("churn_probability", "true_probability"))
    churned = rows["churned"].to_numpy(dtype=float)
    own, best = ranked(score, churned), ranked(true, churned)
    losses, losses_of_truth = row_losses(score, churned)[0], row_losses(true, churned)[0]
    away = np.abs(true - score)
    known = any(name in ACTIONS for name in policy.actions)
    money = _money(rows, policy) if known else lambda _: {}

    def measure(weights: Floats) -> dict[str, float]:
        ceiling, lowest = auc(totals(best, weights)), weighted_mean(losses_of_truth, weights)
        return {
            "auc_ceiling": ceiling,
            "auc_gap": ceiling - auc(totals(own, weights)),
            "log_loss_ceiling": lowest,
            "log_loss_gap": weighted_mean(losses, weights) - lowest,
            "truth_mae": weighted_mean(away, weights),
            **money(weights),
        }

    return figures_with_intervals(measure, subscriber_codes(rows), params)


def _money(rows: pd.DataFrame, policy: PrioritiseParams) -> Callable[[Floats], dict[str, float]]:
    """Return money of the shipped list and of the oracle's, mean over the as_of dates, as a function of row weights."""
    trial = trial_of(rows, policy)
    gain, cost, change = own_choice(rows, trial)
    listed = contacted(rows) & ~np.isnan(gain)
    gained = np.where(listed, gain, 0.0)
    expected = np.where(listed, rows["expected_gain"].to_numpy(dtype=float), 0.0)
    harmful = np.where(listed, change < -HARM, 0.0)
    best = _oracle_gain(rows, trial, listed, np.where(listed, cost, 0.0))
    months = rows["as_of"].nunique()

    def measure(weights: Floats) -> dict[str, float]:
        shipped, oracle, promised = (float(weights @ one) / months for one in (gained, best, expected))
        contacts = float(weights @ listed)
        return {
            "true_profit_at_capacity": shipped,
            "true_profit_oracle": oracle,
            "true_profit_gap": oracle - shipped,
            "true_profit_share": shipped / oracle if oracle > 0 else float("nan"),
            "promise_excess": promised - shipped,
            "harmed_share": float(weights @ harmful) / contacts if contacts > 0 else float("nan"),
        }

    return measure


def _oracle_gain(rows: pd.DataFrame, trial: Trial, listed: Flags, spent: Floats) -> Floats:
    """Return what each row gains on the oracle's lists, which have the size and the spending of the shipped ones."""
    found = np.zeros(len(rows))
    for places in rows.groupby("as_of").indices.values():
        part = Trial(trial.gain[places], trial.cost[places], trial.names)
        limits = int(listed[places].sum()), float(spent[places].sum())
        found[places] = oracle_choice(rows.iloc[places], part, *limits)[1]
    return found
