"""A pilot: contacts drawn by chance from a list, and what they teach. Outcomes are drawn from the known truth.

The subscribers of an operator fall into two halves. The list of one half is the pilot: contacts are drawn from it until
there are as many as asked for, each is made or left out by chance, and who leaves is drawn from the true chance with
the contact or without it. The rates learned there decide on the other half, whose truth tells what that is worth; then
the halves change places. So nobody is judged by a rate that they themselves have taught.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from savedesk.policy.action_rules import prior_rates
from savedesk.policy.attributable_risk import CELL, SHARE, USUAL
from savedesk.policy.options import at_rates, gained
from savedesk.stages.evaluate.at_capacity import EqualSizeRules, with_saved, with_truth
from savedesk.stages.evaluate.rows import KEY
from savedesk.stages.prioritise.save_rates import save_rates

LONG_AGO, TODAY = pd.Timestamp("2000-01-01"), pd.Timestamp("2000-02-01")  # outcomes are known before the decision


@dataclass(frozen=True)
class Pilot:
    """What is known of the options, and how the pilot is made.

    Args:
        options: open options at the priors, with true_probability, true_saved and true_gain; ordered as ``with_truth``.
        sizes: contacts of each as_of for all subscribers; a half has half as many.
        judge: the rules of lists of equal size.
        contacts: randomised contacts, both arms together.
        control: share of them that is left alone.
        spread: share of them that is dealt out evenly to the actions of the list, so that rare ones are tried, too.
    """

    options: pd.DataFrame
    sizes: Mapping[str, int]
    judge: EqualSizeRules
    contacts: int
    control: float
    spread: float = 0.0

    def halves(self) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
        """Yield the half that teaches and the half that is decided on."""
        half = pd.util.hash_array(self.options["subscriber_id"].to_numpy(dtype=object)) % 2
        for place in (0, 1):
            yield tuple(self.options[half == side].reset_index(drop=True) for side in (place, 1 - place))  # type: ignore[misc]

    def listed(self, options: pd.DataFrame) -> pd.DataFrame:
        """Return the options of the lists of a half, all as_of dates together."""
        return highest(options, {day: size // 2 for day, size in self.sizes.items()}, self.judge)

    def offered(self, options: pd.DataFrame) -> pd.DataFrame:
        """Return the contacts that the pilot of a half can draw, with the chance of each to be the next.

        The spread share comes from as many options of every action of the list: those of the list or next to it.
        """
        listed = self.listed(options)
        actions = listed["action"].unique()
        most = max(1, len(listed) // max(1, len(actions)))
        best = options[options["action"].isin(actions)].sort_values("expected_gain", ascending=False, kind="stable")
        tried = best.drop_duplicates([*KEY, "action"]).groupby("action").head(most)
        evenly = self.spread / len(actions) / tried.groupby("action")["action"].transform("size")
        return pd.concat([listed.assign(chance=(1 - self.spread) / len(listed)), tried.assign(chance=evenly)])

    def with_rates(self, options: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
        """Return the options with these rates by action and reason."""
        return gained(at_rates(options, options[CELL].merge(rates, on=CELL, how="left")["save_rate"]))

    @property
    def usual(self) -> pd.DataFrame:
        """Every reason is of strength 1 as a rule: a row's own is told beside that."""
        return prior_rates(self.judge.policy)[CELL].assign(**{USUAL: 1.0})

    def drawn(self, offered: pd.DataFrame, draw: np.random.Generator) -> pd.DataFrame:
        """Return the contacts of a pilot with their outcomes, as ``save_rates`` reads them."""
        rows = offered.iloc[draw.choice(len(offered), self.contacts, p=offered["chance"].to_numpy())]
        treated = draw.random(self.contacts) >= self.control
        p0, touched, p, saved = (
            rows[name].to_numpy(np.float64)
            for name in ("true_probability", "touched_probability", "churn_probability", "true_saved")
        )
        alone = p0 * touched / p
        left = draw.random(self.contacts) < np.clip(alone - np.where(treated, saved, 0.0), 0, 1)
        weight = self.judge.policy.strength_weight
        strength = 1 + (rows["rate_factor"] - 1) / weight if weight else 1.0
        return rows[[*KEY, *CELL]].assign(
            **{SHARE: strength},
            treated=treated.astype(float),
            treated_share=1 - self.control,
            left=left.astype(float),
            expected=touched,
            label_known_on=LONG_AGO,
        )

    def lists(self, draws: int) -> Iterator[pd.DataFrame]:
        """Yield the list at the priors and then, for each draw, the one after the pilot; both halves together."""
        halves = list(self.halves())
        yield pd.concat([self.listed(decided) for _, decided in halves])
        offered = [self.offered(teaching) for teaching, _ in halves]
        for seed in range(draws):
            draw = np.random.default_rng(seed)
            rates = [
                save_rates(self.drawn(contacts, draw), self.usual, TODAY, self.judge.policy) for contacts in offered
            ]
            learned = [self.with_rates(decided, rate) for (_, decided), rate in zip(halves, rates, strict=True)]
            yield pd.concat([self.listed(options) for options in learned])


def highest(options: pd.DataFrame, sizes: Mapping[str, int], judge: EqualSizeRules) -> pd.DataFrame:
    """Return the options of the best list of each as_of.

    Contacts are the only limit and each takes one, so that the best list is that of the highest gains.
    """
    gain = options["expected_gain"].to_numpy(np.float64)
    order = np.argsort(-gain[gain > 0], kind="stable")
    best = options[gain > 0].iloc[order].drop_duplicates(["as_of", judge.payer])
    return best[best.groupby("as_of").cumcount() < best["as_of"].map(sizes)]


def open_options(options: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the open options whose truth is known, ordered as ``with_truth``."""
    return with_truth(options.assign(as_of=pd.to_datetime(options["as_of"]).dt.strftime("%Y-%m-%d")), rows)


def at_priors(known: pd.DataFrame, judge: EqualSizeRules) -> pd.DataFrame:
    """Return options with the priors in the place of whatever had been learned."""
    rate = known["action"].map({name: action.save_rate for name, action in judge.policy.actions.items()})
    return gained(at_rates(known, rate))


def harming(options: pd.DataFrame, action: str, rise: float) -> pd.DataFrame:
    """Return the options as they were if an action made people leave: it adds so much to their chance of leaving."""
    harmful = options["action"].eq(action).to_numpy()
    return with_saved(options, np.where(harmful, -rise, options["true_saved"].to_numpy(np.float64)))
