"""What lists of the same size truly earn, where a simulator knows what each contact would change.

At each as_of every list has as many contacts as ``capacity_share`` of the scored allows, chosen from the same open
options; nothing else limits it. The lists:

* ``list``: the policy's own, which maximises the expected gain;
* ``by_probability``, ``by_value_at_risk``: subscribers sorted by churn probability, or by churn probability x remaining
  value, each given the action that ``reason_actions`` names first for the strongest reason;
* ``..._one_action``: the same order, all given the one action that is best in hindsight (``one_action``);
* ``..._own_action``: the same order, each given the policy's best action;
* ``tables_allow``: the policy's list if it knew the true effect of each action by reason;
* ``truth_known``: the best list of these options if every subscriber's truth were known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from savedesk.errors import ParamsError
from savedesk.metrics.lists_of_equal_size import ALLOWED, KNOWN, RIVALS
from savedesk.metrics.running_sums import Floats, ratio
from savedesk.params.evaluate import EvaluateParams
from savedesk.params.prioritise import PrioritiseParams
from savedesk.policy.attributable_risk import CELL
from savedesk.policy.gain import expected_gain
from savedesk.policy.limits import contacts_limit
from savedesk.policy.options import at_rates, gained
from savedesk.policy.solve import solve
from savedesk.schemas.decisions import OPTIONS
from savedesk.schemas.truth import ACTIONS
from savedesk.stages.evaluate.bootstrap import Figure, Resamples, Sums, amounts, figures_with_intervals
from savedesk.stages.evaluate.one_action import one_action_lists
from savedesk.stages.evaluate.rows import KEY, TRIED, subscriber_codes

TRULY = ("remaining_value", "offer_cost", "take_up", "contact_cost", "true_probability")
OWN = "list"
Pick = Callable[[pd.DataFrame, int], pd.DataFrame]


@dataclass(frozen=True)
class EqualSizeRules:
    """The policy's rules for lists of equal size.

    Args:
        policy: section ``prioritise``.
        params: section ``evaluate``.
    """

    policy: PrioritiseParams
    params: EvaluateParams

    @property
    def payer(self) -> str:
        """Column of who may be contacted once."""
        return "account_id" if self.policy.rules.one_per_account else "subscriber_id"

    def sizes(self, rows: pd.DataFrame) -> dict[str, int]:
        """Return the contacts of each as_of: a share of the scored."""
        counts = rows.groupby("as_of").size()
        return {str(day): round(self.params.capacity_share * int(count)) for day, count in counts.items()}

    def solved(self, table: pd.DataFrame, most: int) -> pd.DataFrame:
        """Return the options that maximise the expected gain."""
        group = pd.factorize(table[self.payer])[0].astype(np.int64)
        gain = table["expected_gain"].to_numpy(np.float64)
        return table[solve(gain, group, [contacts_limit(table, most)]).chosen]

    def sorted_by(self, table: pd.DataFrame, most: int, score: Floats, *, own_action: bool) -> pd.DataFrame:
        """Return one option each of the first subscribers by falling score; ties by subscriber_id."""
        place = self._gain_order(table) if own_action else self._table_order(table)
        first = table.assign(score=score, place=place).sort_values(["subscriber_id", "place"], kind="stable")
        each = first.drop_duplicates("subscriber_id").sort_values("score", ascending=False, kind="stable")
        return each.drop_duplicates(self.payer).head(most)

    def _gain_order(self, table: pd.DataFrame) -> Floats:
        return -table["expected_gain"].to_numpy(np.float64)

    def _table_order(self, table: pd.DataFrame) -> Floats:
        """Return the order in which a desk with the table in hand tries options: by reason, as listed, by channel."""
        named = {
            (reason, action): place
            for reason, actions in self.policy.reason_actions.items()
            for place, action in enumerate(actions)
        }
        channels = {
            (name, channel): place
            for name, action in self.policy.actions.items()
            for place, channel in enumerate(action.channels)
        }
        pairs = list(zip(table["reason"], table["action"], table["channel"], table["reason_place"], strict=True))
        if strange := sorted({(action, channel) for _, action, channel, _ in pairs} - channels.keys()):
            raise ParamsError(
                f"{strange[0][0]} by {strange[0][1]} is in the options and not in params.yaml any more",
                where=OPTIONS.path,
                next_step="run `savedesk prioritise` first, or `dvc repro`",
            )
        last, wide = len(self.policy.reason_actions) + 1, 100
        return np.array(
            [
                ((place or last) * wide + named.get((reason, action), 0)) * wide + channels[action, channel]
                for reason, action, channel, place in pairs
            ],
            dtype=np.float64,
        )

    def lists(self, options: pd.DataFrame, sizes: Mapping[str, int]) -> dict[str, pd.DataFrame]:
        """Return the options of each list, all as_of dates together.

        Args:
            options: open options with their true gain, see ``with_truth``; ordered by subscriber_id.
            sizes: contacts of each as_of.
        """
        p, value = (options[name].to_numpy(np.float64) for name in ("churn_probability", "remaining_value"))
        ranked = {"by_probability": p, "by_value_at_risk": p * value}
        picks: dict[str, Pick] = {OWN: self.solved, KNOWN: lambda t, k: self.solved(_known(t), k)}
        picks[ALLOWED] = lambda t, k: self.solved(t.assign(expected_gain=t["gain_at_true_rates"]), k)
        for name, score in ranked.items():
            for ending, own in (("", False), ("_own_action", True)):
                picks[f"{name}{ending}"] = lambda t, k, score=score, own=own: self.sorted_by(  # type: ignore[misc]
                    t, k, score[t.index], own_action=own
                )
        days = list(options.groupby("as_of", sort=True))
        return {name: pd.concat([pick(t, sizes[str(day)]) for day, t in days]) for name, pick in picks.items()}


def _known(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(expected_gain=table["true_gain"])


def with_truth(options: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the options of the rows with true_gain, true_saved and gain_at_true_rates.

    The true gain has the true chances in the place of the estimates; the true rate of a cell (action, reason) is the
    churn that the action prevents over all its options, as a part of the churn that it could touch times the factor of
    each, as in ``save_rates``.
    """
    known = options[options["action"].isin(ACTIONS)].merge(rows[[*KEY, "true_probability", *TRIED]], on=KEY)
    p0 = known["true_probability"].to_numpy(np.float64)
    place = pd.Index(ACTIONS).get_indexer(pd.Index(known["action"]))
    saved = p0 - known[TRIED].to_numpy(np.float64)[np.arange(len(known)), place]
    known = with_saved(known, saved)
    each = known[known["barred"].isna()].drop_duplicates([*KEY, "action"])
    sums = (
        each.assign(lever=each["touched_probability"] * each["rate_factor"])
        .groupby(CELL)[["true_saved", "lever"]]
        .sum()
    )
    rate = (sums["true_saved"] / sums["lever"].where(sums["lever"] > 0)).clip(-1, 1)
    cell = known[CELL].merge(rate.rename("rate").reset_index(), on=CELL, how="left")["rate"].fillna(0.0)
    known["gain_at_true_rates"] = gained(at_rates(known, cell.set_axis(known.index)))["expected_gain"].to_numpy()
    open_ones = known[known["open"]].sort_values([*KEY, "action", "channel"], kind="stable")
    return open_ones.reset_index(drop=True)


def with_saved(known: pd.DataFrame, saved: Floats) -> pd.DataFrame:
    """Return options with true_saved, by how much the contact lowers the true chance of leaving, and true_gain."""
    value, offer, take_up, contact, p0 = (known[name].to_numpy(np.float64) for name in TRULY)
    ones, zeros = np.ones(len(known)), np.zeros(len(known))
    gain = expected_gain(saved, ones, ones, value, offer, zeros, contact) - (1 - p0) * take_up * offer
    return known.assign(true_gain=gain, true_saved=saved)


def capacity_figures(
    options: pd.DataFrame, rows: pd.DataFrame, judge: EqualSizeRules, better: pd.DataFrame | None = None
) -> dict[str, Figure]:
    """Return what each list truly earns a month, and how many times a rival's the own list earns, with intervals.

    The resamples are of subscribers and the same for all lists, so the ratios are paired; the lists stay as they are.

    Args:
        options: contract ``options``.
        rows: evaluation rows whose truth is known.
        judge: the rules.
        better: options of a model that has seen more, of which ``tables_allow`` is then made.
    """
    lists = lists_of(options, rows, judge)
    if not lists:
        return {}
    lists |= one_action_lists(rows, judge.policy, judge.sizes(rows))
    if better is not None:
        lists[ALLOWED] = lists_of(better, rows, judge)[ALLOWED]
    earned = {name: earned_by_row(rows, chosen) for name, chosen in lists.items()}
    promised = earned_by_row(rows, lists[OWN], "expected_gain")
    months, codes = rows["as_of"].nunique(), subscriber_codes(rows)

    def measure(sums: Sums) -> dict[str, Floats]:
        monthly = [amount[:, 0] / months for amount in sums]
        gains = dict(zip(earned, monthly, strict=False))
        figures = {f"true_gain_at_capacity_{name}": gain for name, gain in gains.items()}
        figures |= {f"times_{name}": ratio(gains[OWN], gains[name]) for name in RIVALS}
        figures |= {f"ahead_of_{name}": gains[OWN] - gains[name] for name in RIVALS}
        figures |= {f"share_of_{name}": ratio(gains[OWN], gains[name]) for name in (ALLOWED, KNOWN)}
        return figures | {"promised_gain_at_capacity": monthly[-1]}

    tallies = amounts(codes, *earned.values(), promised)
    return figures_with_intervals(measure, tallies, Resamples(codes, judge.params))


def lists_of(options: pd.DataFrame, rows: pd.DataFrame, judge: EqualSizeRules) -> dict[str, pd.DataFrame]:
    """Return the options of each list over all as_of dates of the rows, with what they truly gain; none without any."""
    dated = options.assign(as_of=pd.to_datetime(options["as_of"]).dt.strftime("%Y-%m-%d"))
    known = with_truth(dated, rows)
    return judge.lists(known, judge.sizes(rows)) if len(known) else {}


def earned_by_row(rows: pd.DataFrame, chosen: pd.DataFrame, column: str = "true_gain") -> Floats:
    """Return what each row gains by a list, 0 where it is not on it."""
    gain = chosen.groupby(KEY)[column].sum()
    earned: Floats = gain.reindex(pd.MultiIndex.from_frame(rows[KEY])).fillna(0.0).to_numpy(np.float64)
    return earned
