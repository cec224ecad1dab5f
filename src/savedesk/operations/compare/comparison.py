"""One run held against another: everything that the terminal and the page show of a pair."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from savedesk.operations.compare.differences import Features, Lists, features_that_differ, lists_of, params_that_differ
from savedesk.operations.compare.paired import Paired, pair
from savedesk.operations.runs.run_contents import RunContents
from savedesk.params.compare import CompareParams
from savedesk.params.evaluate import EvaluateParams
from savedesk.stages.evaluate.bootstrap import Figure

BETTER, WORSE, LEVEL, UNPAIRED, INCOMPARABLE = "better", "worse", "level", "unpaired", "incomparable"
PROFIT = "evaluate.profit_at_capacity"
PRICING = ("prioritise.", "value.")  # sections by which the lists are priced and limited


@dataclass(frozen=True)
class Comparison:
    """Run ``b`` held against run ``a``.

    Args:
        a: the first run.
        b: the other one.
        pairing: both on the rows of both, or why they cannot be compared; None: the rows of one are not here.
        seeds: share of the profit of ``a`` by which two seeds of one setting may differ.
    """

    a: RunContents
    b: RunContents
    pairing: Paired | str | None
    seeds: float

    @cached_property
    def paired(self) -> Paired | None:
        """The paired figures, where there are any."""
        return self.pairing if isinstance(self.pairing, Paired) else None

    @cached_property
    def params(self) -> list[tuple[str, str, str]]:
        """Params that differ."""
        return params_that_differ(self.a, self.b)

    @cached_property
    def features(self) -> Features | None:
        """Features that differ."""
        return features_that_differ(self.a, self.b)

    @cached_property
    def lists(self) -> Lists | None:
        """The newest lists."""
        return lists_of(self.a, self.b)

    @property
    def span(self) -> str:
        """What a profit is of: a month, or the one list of a snapshot."""
        return "a list" if self.a.snapshot else "a month"

    @property
    def verdict(self) -> tuple[str, str]:
        """Kind of the verdict, and the verdict in one sentence."""
        if self.paired:
            return _paired_verdict(self.paired, self)
        if isinstance(self.pairing, str):
            return INCOMPARABLE, f"cannot be compared: {self.pairing}"
        return UNPAIRED, _unpaired_verdict(self)

    @property
    def remarks(self) -> list[str]:
        """What the reader of the verdict must know."""
        paired = self.paired
        if not paired:
            return []
        said = []
        prices = [name for name, _, _ in self.params if name.startswith(PRICING)]
        if prices:
            said.append(f"the two price or limit their lists differently ({', '.join(prices[:3])})")
        if paired.shared < 1:
            said.append(f"compared on the {100 * paired.shared:.1f} % of the rows that both evaluated")
        if abs(paired.priced) > abs(paired.figures["profit"].value) and abs(paired.priced) >= 1:
            said.append(
                f"by their own prices they differ by {paired.own_profit[1] - paired.own_profit[0]:+,.0f}: "
                f"{paired.priced:+,.0f} of it is only that they value the same contact differently"
            )
        return said

    @property
    def worse(self) -> pd.DataFrame:
        """Slices in which ``b`` earns less or has the greater log loss, beyond chance."""
        return _beyond_chance(self.paired, -1)

    @property
    def better(self) -> pd.DataFrame:
        """Slices in which ``b`` earns more or has the smaller log loss, beyond chance."""
        return _beyond_chance(self.paired, 1)


def compare(a: RunContents, b: RunContents, params: EvaluateParams, same: CompareParams) -> Comparison:
    """Hold run ``b`` against run ``a``."""
    seeds = same.seed_difference
    if a.run.source != b.run.source:
        return Comparison(a, b, f"they are of different sources, {a.run.source} and {b.run.source}", seeds)
    if a.rows is None or b.rows is None:
        return Comparison(a, b, None, seeds)
    return Comparison(a, b, pair(a.rows, b.rows, params, same), seeds)


def money(value: float, currency: str, signed: bool = False) -> str:
    """Return an amount with its currency."""
    return f"{value:+,.0f} {currency}".strip() if signed else f"{value:,.0f} {currency}".strip()


def between(figure: Figure, digits: int = 0) -> str:
    """Return the interval of a difference in words."""
    return f"{figure.low:+,.{digits}f} to {figure.high:+,.{digits}f}"


def _paired_verdict(paired: Paired, comparison: Comparison) -> tuple[str, str]:
    profit, before = paired.figures["profit"], paired.figures["profit_a"].value
    currency, b = comparison.a.currency, comparison.b.label
    kind, word = (BETTER, "more") if profit.value > 0 else (WORSE, "less")
    earned = f"{b} earns {money(abs(profit.value), currency)} {word} {comparison.span} ({between(profit)})"
    if profit.low <= 0 <= profit.high:
        return LEVEL, f"no difference that the data can show: {earned}"
    if abs(profit.value) < comparison.seeds * abs(before):
        share = f"{100 * abs(profit.value / before):.0f} % of the profit; two seeds of one setting differ by up to"
        detail = f"{earned}, {share} {100 * comparison.seeds:g} %"
        return LEVEL, f"no difference that another seed might not make: {detail}"
    return kind, earned


def own_profit(metrics: Mapping[str, float]) -> Figure:
    """Return profit at capacity as the run itself reported it; NaN where it did not."""
    values = (metrics.get(f"{PROFIT}{end}", math.nan) for end in ("", "_low", "_high"))
    return Figure(*(float(value) for value in values))


def _unpaired_verdict(comparison: Comparison) -> str:
    absent = " and ".join(e.label for e in (comparison.a, comparison.b) if e.rows is None)
    why = f"not paired, since the rows of {absent} are not kept on this machine"
    a, b = own_profit(comparison.a.metrics), own_profit(comparison.b.metrics)
    if math.isnan(a.value) or math.isnan(b.value):
        return f"cannot be compared: {why}, and one of them has no profit at capacity"
    more = money(b.value - a.value, comparison.a.currency or comparison.b.currency, signed=True)
    apart = b.low > a.high or b.high < a.low
    doubt = "their intervals lie apart" if apart else "their intervals overlap, so nothing is shown"
    return f"{comparison.b.label} reported {more} {comparison.span}; {doubt}; {why}"


def _beyond_chance(paired: Paired | None, sign: int) -> pd.DataFrame:
    if paired is None:
        return pd.DataFrame()
    slices = paired.slices
    if sign > 0:
        return slices[(slices["profit_low"] > 0) | (slices["log_loss_high"] < 0)]
    return slices[(slices["profit_high"] < 0) | (slices["log_loss_low"] > 0)]
