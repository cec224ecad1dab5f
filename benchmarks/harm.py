"""How many contacts it takes until an action that drives people away has a negative save rate.

``python -m benchmarks.harm`` draws 200 campaigns of an action whose prior is 0.1, of each size and each chance of
leaving anyway, and counts in how many the rate that is learned lies below 0: where the action does what its prior says,
and where it adds 0.036 to everybody's chance of leaving. It takes some minutes.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from tests.tables import REPO

from benchmarks.learning import RISE
from savedesk.params.load import load_params
from savedesk.params.prioritise import PrioritiseParams
from savedesk.policy.action_rules import prior_rates
from savedesk.policy.attributable_risk import CELL
from savedesk.stages.prioritise.save_rates import save_rates

ACTION, REASON = "engineer_ticket", "network"
CAMPAIGNS = 200
CHANCES, SIZES, CONTROLS = (0.05, 0.1, 0.2, 0.4), (500, 2000, 8000), (0.5, 0.1)
KNOWN, TODAY = dt.date(2025, 5, 1), dt.date(2025, 7, 1)


def learned(
    chance: float, effect: float, size: int, control: float, draw: np.random.Generator, policy: PrioritiseParams
) -> float:
    """Return the save rate after a campaign, from the chance of leaving alone and what a contact takes from it."""
    treated = np.arange(size) >= round(size * control)
    campaign_rows = pd.DataFrame(
        {"treated": treated.astype(float), "treated_share": treated.mean(), "expected": chance}
    )
    left = draw.random(size) < chance - effect * treated
    campaign_rows = campaign_rows.assign(
        left=left.astype(float), action=ACTION, reason=REASON, explained_share=0.4, label_known_on=KNOWN
    )
    rates = save_rates(campaign_rows, prior_rates(policy)[CELL].assign(usual_share=0.4), TODAY, policy).set_index(CELL)
    return float(rates.loc[(ACTION, REASON), "save_rate"])


def main() -> None:
    """Print the shares of campaigns with a negative rate."""
    policy: PrioritiseParams = load_params(REPO)["prioritise"]  # type: ignore[assignment]
    prior = policy.actions[ACTION].save_rate
    draw = np.random.default_rng(1)
    for name, effect in ((f"adds {RISE}", lambda _: -RISE), (f"keeps {prior}", lambda chance: prior * chance)):
        for chance in CHANCES:
            for control in CONTROLS:
                below = [
                    np.mean(
                        [learned(chance, effect(chance), size, control, draw, policy) < 0 for _ in range(CAMPAIGNS)]
                    )
                    for size in SIZES
                ]
                shares = ", ".join(f"{size:,}: {share:.1%}" for size, share in zip(SIZES, below, strict=True))
                print(f"{name}, {chance:.0%} leave anyway, {control:.0%} left alone; below 0 of {shares}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
