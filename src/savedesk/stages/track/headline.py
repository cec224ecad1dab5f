"""The figures that MLflow shows first: it sorts by name, so theirs begin with a digit, money before everything else.

Names are stable: runs of different versions stand in one table. docs/runs.md says what each is; a test compares.
"""

from __future__ import annotations

from collections.abc import Mapping

HEADLINE: Mapping[str, str] = {  # name in MLflow -> stage.figure; with _low and _high where the stage gives them
    "1_money/profit_at_capacity": "evaluate.profit_at_capacity",
    "1_money/promised_gain": "prioritise.expected_gain",
    "1_money/promised_gain_of_test_lists": "evaluate.promised_gain",
    "1_money/true_profit_at_capacity": "evaluate.true_profit_at_capacity",
    "1_money/true_profit_share": "evaluate.true_profit_share",
    "1_money/worth_of_a_call_hour": "prioritise.shadow_price_hours_call",
    "2_ranking/auc": "evaluate.auc",
    "2_ranking/average_precision": "evaluate.average_precision",
    "2_ranking/empc": "evaluate.empc",
    "2_ranking/lift_at_10pct": "evaluate.lift_at_10pct",
    "2_ranking/value_caught_at_10pct": "evaluate.value_caught_at_10pct",
    "3_probability/brier": "evaluate.brier",
    "3_probability/calibration_gap": "evaluate.calibration_gap",
    "3_probability/ece": "evaluate.ece",
    "3_probability/log_loss": "evaluate.log_loss",
    "4_rows/churners": "evaluate.churners",
    "4_rows/contacts": "prioritise.contacts",
    "4_rows/labelled": "evaluate.rows",
}
ENDS = ("_low", "_high")


def headline(found: Mapping[str, float]) -> dict[str, float]:
    """Return the headline figures with their intervals; a figure that this run does not have is left out.

    Args:
        found: every figure, by stage and name.
    """
    named = {f"{name}{end}": f"{figure}{end}" for name, figure in HEADLINE.items() for end in ("", *ENDS)}
    return {name: found[figure] for name, figure in named.items() if figure in found}
