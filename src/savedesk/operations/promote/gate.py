"""The gate: may a model take the champion's place? Every question with its figure, its limit and its answer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from savedesk.metrics.registry import metric_of
from savedesk.operations.compare.paired import Paired
from savedesk.params.promote import PromoteParams
from savedesk.stages.evaluate.bootstrap import Figure

PROFIT, LOG_LOSS, ECE, SLICES, OVERLAP, ROWS = "profit", "log loss", "calibration", "slices", "list", "rows"


@dataclass(frozen=True)
class Check:
    """One question of the gate.

    Args:
        name: what is asked about.
        passed: the answer.
        sentence: the figure beside its limit, in one sentence.
    """

    name: str
    passed: bool
    sentence: str


def gate_checks(pairing: Paired | str, limits: PromoteParams, *, rival: str, same_desk: bool) -> list[Check]:
    """Return the answers about the run ``b``; it passes where all are yes.

    Args:
        pairing: the two runs on the rows of both, ``a`` being the champion, or why they cannot be compared.
        limits: section ``promote``.
        rival: what ``a`` is called.
        same_desk: whether ``a`` made a list that a save desk has worked through, which should not turn over.
    """
    if isinstance(pairing, str):
        return [Check(ROWS, passed=False, sentence=f"cannot be compared with {rival}: {pairing}")]
    checks = [_profit(pairing, limits, rival), *_probabilities(pairing, limits), *_slices(pairing, limits)]
    return [*checks, _overlap(pairing, limits)] if same_desk else checks


def _profit(paired: Paired, limits: PromoteParams, rival: str) -> Check:
    more, before = paired.figures["profit"], paired.figures["profit_a"].value
    lost = -more.value / before if before > 0 else math.inf * -more.value if more.value else 0.0
    refused = more.high < 0 or lost > limits.profit_loss
    share = f", {100 * abs(lost):.1f} % of its profit" if math.isfinite(lost) else ""
    sentence = f"earns {_more(more)} a month than {rival}{share}; may lose {100 * limits.profit_loss:g} %"
    return Check(PROFIT, not refused, sentence)


def _more(figure: Figure) -> str:
    word = "more" if figure.value >= 0 else "less"
    return f"{abs(figure.value):,.0f} {word} ({figure.low:+,.0f} to {figure.high:+,.0f})"


def _probabilities(paired: Paired, limits: PromoteParams) -> Iterator[Check]:
    for name, key, most in ((LOG_LOSS, "log_loss", limits.log_loss_rise), (ECE, "ece", limits.ece_rise)):
        rise, before, after = paired.figures[key], paired.figures[f"{key}_a"].value, paired.figures[f"{key}_b"].value
        refused = rise.low > 0 and rise.value > most
        ends = f"{rise.low:+.5f} to {rise.high:+.5f}"
        sentence = f"{metric_of(key).said} {before:.5f} -> {after:.5f} ({ends}); may rise by {most:g}"
        yield Check(name, not refused, sentence)


def _slices(paired: Paired, limits: PromoteParams) -> list[Check]:
    """Return an answer for each slice that is much worse, or one for all of them."""
    whole = max(paired.figures["profit_a"].value, 0.0)
    worse = {
        f"{line['slice_by'].replace('_', ' ')} {line['slice']}": said
        for line in paired.slices.to_dict("records")
        if (said := ", ".join(_worse(line, whole, limits)))
    }
    if not worse:
        return [Check(SLICES, passed=True, sentence=f"none of {len(paired.slices)} is much worse")]
    return [Check(SLICES, passed=False, sentence=f"{name}: {said}") for name, said in worse.items()]


def _worse(line: Mapping[Any, Any], whole: float, limits: PromoteParams) -> Iterator[str]:
    lost, before = -line["profit"], max(line["profit_a"], 0.0)
    if line["profit_high"] < 0 and lost > limits.slice_profit_loss * before and lost > limits.slice_share * whole:
        ends = f"{line['profit_low']:+,.0f} to {line['profit_high']:+,.0f}"
        yield f"earns {lost:,.0f} of {line['profit_a']:,.0f} a month less ({ends})"
    if line["log_loss_low"] > 0 and line["log_loss"] > limits.slice_log_loss_rise:
        ends = f"{line['log_loss_low']:+.4f} to {line['log_loss_high']:+.4f}"
        yield f"log loss rises by {line['log_loss']:.4f} ({ends})"


def _overlap(paired: Paired, limits: PromoteParams) -> Check:
    """Return whether the desk meets much the same subscribers, or earns clearly more by meeting others."""
    mean = sum(paired.overlap.values()) / len(paired.overlap)
    sentence = f"{100 * mean:.0f} % of either list is on both; at least {100 * limits.minimum_overlap:g} %"
    stable, worth_it = mean >= limits.minimum_overlap, paired.figures["profit"].low > 0
    if worth_it and not stable:
        sentence += ", unless it earns more beyond chance, as it does"
    return Check(OVERLAP, stable or worth_it, sentence)
