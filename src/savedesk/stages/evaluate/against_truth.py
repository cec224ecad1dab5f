"""Figures against the truth, where a simulator knows it: the ceiling, the oracle's list, and how far the run is off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from savedesk.metrics.ranking import auc
from savedesk.metrics.running_sums import Floats, Integers, ratio
from savedesk.params.cohort import CohortParams
from savedesk.params.evaluate import EvaluateParams
from savedesk.params.prioritise import Action, PrioritiseParams
from savedesk.schemas.truth import ACTIONS, WINDOW
from savedesk.stages.evaluate.bootstrap import Figure, Resamples, Sums, Tally, amounts, figures_with_intervals
from savedesk.stages.evaluate.money import Flags, contacted
from savedesk.stages.evaluate.score_figures import ScoredRows, figure_rows

HARM = 1e-5  # of probability: ten times the rounding of the table
BISECTIONS = 40
OWN, BEST = "own", "best"


def windows_differ(cohort: CohortParams, window: Mapping[str, int]) -> str:
    """Return in words where the truth was written for another window than the cohort's, or nothing.

    Args:
        cohort: section ``cohort``.
        window: of the truth, as the source's facts have it.
    """
    if cohort.switched_off:
        off = ", ".join(cohort.switched_off)
        return f"cohort.churn_types leaves out {off}, which the truth counts: name all types to see the ceiling"
    pairs = [(name, getattr(cohort, name), window[name]) for name in WINDOW]
    return "; ".join(
        f"cohort.{name} is {own} and simulator.truth.{name} is {other}: set both alike to see the ceiling"
        for name, own, other in pairs
        if own != other
    )


@dataclass(frozen=True)
class Trial:
    """What trying actions is truly worth, row x action; NaN where the action is not open to the row.

    Args:
        gain: (p0 - pa)(V - d) - (1 - p0) u d - c; money (docs/policy.md, the true chances in place of estimates).
        cost: expected spending, (p0 - pa) d + (1 - p0) u d + c; money.
        prior: what the policy would expect of it, p_a r (V - d) - (1 - p) u d - c, its own chances and priors; money.
        names: the actions.
    """

    gain: Floats
    cost: Floats
    prior: Floats
    names: tuple[str, ...]

    def part(self, places: Integers) -> Trial:
        """Return the trial of some of the rows."""
        return Trial(self.gain[places], self.cost[places], self.prior[places], self.names)


def trial_of(rows: pd.DataFrame, policy: PrioritiseParams) -> Trial:
    """Return every action's true worth for every row, at the policy's costs and by the cheapest channel of the tier."""
    p0, p, value, margin = (
        rows[name].to_numpy(dtype=float)
        for name in ("true_probability", "churn_probability", "remaining_value", "margin")
    )
    gains, costs, priors, names = [], [], [], tuple(name for name in policy.actions if name in ACTIONS)
    for name in names:
        action = policy.actions[name]
        saved = p0 - rows[f"with_{name}"].to_numpy(dtype=float)
        offer = action.offer_cost + action.offer_cost_months * np.maximum(margin, 0)
        contact = rows["tier"].map(_cheapest(policy, action.channels)).to_numpy(dtype=float)
        cost = saved * offer + (1 - p0) * action.take_up * offer + contact
        gains.append(np.where(rows["contactable"], saved * value - cost, np.nan))
        costs.append(cost)
        hoped = _touched(rows, action) * action.save_rate * (value - offer) - (1 - p) * action.take_up * offer - contact
        priors.append(np.where(rows["contactable"], hoped, np.nan))
    return Trial(np.column_stack(gains), np.column_stack(costs), np.column_stack(priors), names)


def _touched(rows: pd.DataFrame, action: Action) -> Floats:
    """Return the chance of leaving in a way that the action can touch, as the model sees it."""
    touched: Floats = rows[[f"probability_{name}" for name in action.churn_types]].to_numpy(dtype=float).sum(axis=1)
    return touched


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
    return tuple(np.where(known, values, np.nan) for values in (gain, cost, p0 - after))  # type: ignore[return-value]


def random_gain(trial: Trial) -> Floats:
    """Return what a contact of each row truly gains by the action that the priors like best; NaN where none is open."""
    open_to = ~np.isnan(trial.prior).all(axis=1)
    liked = np.where(np.isnan(trial.prior), -np.inf, trial.prior).argmax(axis=1)
    gain: Floats = np.where(open_to, trial.gain[np.arange(len(liked)), liked], np.nan)
    return gain


def oracle_choice(payer: pd.Series, trial: Trial, contacts: int, spending: float) -> tuple[Flags, Floats]:
    """Return whom an oracle contacts at one as_of and what each truly gains: the best action, one a payer.

    It contacts at most as many, and spends in expectation no more, than allowed. The price of money is found by
    bisection; choosing by gain - price x cost is the Lagrangian's answer, best but for the last contact.

    Args:
        payer: who may be contacted once, for each row of one as_of: account or subscriber.
        trial: true worth of the same rows.
        contacts: most contacts.
        spending: most expected spending; money.
    """
    best = _at_price(payer, trial, contacts, 0.0)
    low, high = 0.0, 1.0
    if best[2] > spending:
        while _at_price(payer, trial, contacts, high)[2] > spending and high < np.finfo(float).max / 4:
            high *= 2
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            tried = _at_price(payer, trial, contacts, middle)
            low, high = (middle, high) if tried[2] > spending else (low, middle)
        best = _at_price(payer, trial, contacts, high)
    return best[0], best[1]


def _at_price(payer: pd.Series, trial: Trial, contacts: int, price: float) -> tuple[Flags, Floats, float]:
    worth = np.where(trial.gain > 0, trial.gain - price * trial.cost, -np.inf)
    worth = np.where(np.isnan(trial.gain), -np.inf, worth)
    action, every = worth.argmax(axis=1), np.arange(len(worth))
    best = worth[every, action]
    order = np.argsort(-best, kind="stable")
    order = order[best[order] > 0]
    order = order[~payer.iloc[order].duplicated().to_numpy()][:contacts]
    chosen = np.zeros(len(worth), dtype=bool)
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
    given = figure_rows(rows, np.full(len(rows), np.nan))
    true = rows["true_probability"].to_numpy(dtype=float)
    own, best = ScoredRows(given, params), ScoredRows(given, params, score=true)
    away = amounts(given.subscriber, np.abs(true - given.score), np.ones(len(true)))
    money, tallies = _no_money()
    if any(name in ACTIONS for name in policy.actions):
        money, tallies = _money(rows, given.subscriber, policy)
    exact = {OWN: own.point(), BEST: best.point()}
    count = len(own.tallies)

    def measure(sums: Sums) -> dict[str, Floats]:
        of_own, of_best, (off, whole), rest = (
            sums[:count],
            sums[count : 2 * count],
            (amount[:, 0] for amount in sums[2 * count : 2 * count + 2]),
            sums[2 * count + 2 :],
        )
        ranks = [auc(scored.totals(part)) for scored, part in ((own, of_own), (best, of_best))]
        losses = [scored.log_loss(part) for scored, part in ((own, of_own), (best, of_best))]
        return {**_gaps(ranks, losses), "truth_mae": ratio(off, whole), **money(rest)}

    every = [*own.tallies, *best.tallies, *away, *tallies]
    point = {name: float(value[0]) for name, value in measure([tally.plain() for tally in every]).items()}
    point |= _gaps(*([exact[who][name] for who in (OWN, BEST)] for name in ("auc", "log_loss")))
    return figures_with_intervals(measure, every, Resamples(given.subscriber, params), point)


def _gaps(ranks: Sequence[Any], losses: Sequence[Any]) -> dict[str, Any]:
    return {
        "auc_ceiling": ranks[1],
        "auc_gap": ranks[1] - ranks[0],
        "log_loss_ceiling": losses[1],
        "log_loss_gap": losses[0] - losses[1],
    }


def _no_money() -> tuple[Callable[[Sums], dict[str, Floats]], list[Tally]]:
    return lambda _: {}, []


def _money(
    rows: pd.DataFrame, subscriber: Integers, policy: PrioritiseParams
) -> tuple[Callable[[Sums], dict[str, Floats]], list[Tally]]:
    """Return money of the shipped, the oracle's and a random list, mean over as_of dates, as a function of sums.

    The oracle's list stays as it is in every resample. By chance as many are contacted at each as_of as are listed.
    """
    trial = trial_of(rows, policy)
    gain, cost, change = own_choice(rows, trial)
    listed = contacted(rows) & ~np.isnan(gain)
    left_out = contacted(rows) & np.isnan(gain)
    gained = np.where(listed, gain, 0.0)
    expected = np.where(listed, rows["expected_gain"].to_numpy(dtype=float), 0.0)
    harmful = np.where(listed, change < -HARM, 0.0)
    payer = rows["account_id" if policy.rules.one_per_account else "subscriber_id"]
    best = _oracle_gain(rows["as_of"], payer, trial, listed, np.where(listed, cost, 0.0))
    drawn = random_gain(trial)
    month, months = pd.factorize(rows["as_of"])[0].astype(np.int64), rows["as_of"].nunique()
    by_month = [listed.astype(float), np.nan_to_num(drawn), (~np.isnan(drawn)).astype(float)]
    tallies = amounts(subscriber, gained, best, expected, harmful, listed.astype(float), left_out.astype(float)) + [
        Tally(subscriber, month, months, values) for values in by_month
    ]

    def measure(sums: Sums) -> dict[str, Floats]:
        shipped, oracle, promised, harmed, contacts, unknown = (amount[:, 0] / months for amount in sums[:6])
        size, total, there = sums[6:]
        mean = np.divide(total, there, out=np.zeros(total.shape), where=there > 0)
        return {
            "true_profit_at_capacity": shipped,
            "true_profit_oracle": oracle,
            "true_profit_random": np.sum(size * mean, axis=-1) / months,
            "true_profit_gap": oracle - shipped,
            "true_profit_share": ratio(shipped, oracle),
            "promise_excess": promised - shipped,
            "harmed_share": ratio(harmed, contacts),
            "true_profit_left_out": unknown,
        }

    return measure, tallies


def _oracle_gain(as_of: pd.Series, payer: pd.Series, trial: Trial, listed: Flags, spent: Floats) -> Floats:
    """Return what each row gains on the oracle's lists, which have the size and the spending of the shipped ones."""
    gain = np.zeros(len(as_of))
    codes = pd.factorize(as_of)[0]
    for month in range(codes.max() + 1):
        places = np.flatnonzero(codes == month)
        limits = int(listed[places].sum()), float(spent[places].sum())
        gain[places] = oracle_choice(payer.iloc[places], trial.part(places), *limits)[1]
    return gain
