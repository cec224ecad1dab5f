"""A gain that no operator has, said at once: it is only as good as the churn, the values and the rates behind it."""

from __future__ import annotations

import pandas as pd

from savedesk.params.cohort import CohortParams
from savedesk.params.value import ValueParams


def gain_doubts(decided: pd.DataFrame, windows: CohortParams, worth: ValueParams) -> list[str]:
    """Return warnings about the gain of a list.

    Args:
        decided: every scored subscriber of the newest as_of with decision, churn_probability, margin, value_at_risk and
            expected_gain.
        windows: section ``cohort``.
        worth: section ``value``.
    """
    listed = decided[decided["decision"] == "contact"]
    gain, at_stake = float(listed["expected_gain"].sum()), float(listed["value_at_risk"].sum())
    a_month = float(decided["margin"].clip(lower=0).sum())
    mean = float(decided["churn_probability"].mean())
    said: list[str] = []
    if len(decided) < windows.FEWEST or gain <= 0:
        return said
    if windows.monthly(mean) > windows.doubtful_monthly_churn:
        said.append(
            f"the expected gain of {gain:,.0f} rests on a mean churn probability of {mean:.1%} within "
            f"{windows.outcome_days} days, {windows.monthly(mean):.1%} a month; no operator is known with more than "
            f"{windows.doubtful_monthly_churn:.0%} (cohort.doubtful_monthly_churn); next: see the warnings of "
            "`savedesk cohort`, and do not plan with this gain before they are settled"
        )
    if a_month > 0 and gain > worth.doubtful_gain_share * a_month:
        said.append(
            f"the expected gain of {gain:,.0f} is {gain / a_month:.0%} of what all {len(decided):,} scored subscribers "
            f"bring in a month ({a_month:,.0f}), above value.doubtful_gain_share ({worth.doubtful_gain_share:.0%}); "
            "next: look at the churn rate (section cohort), at horizon_months (value) and at save_rate (prioritise)"
        )
    if at_stake > 0 and gain > worth.doubtful_saved_share * at_stake:
        said.append(
            f"the expected gain of {gain:,.0f} is {gain / at_stake:.0%} of the value at risk of those listed, above "
            f"value.doubtful_saved_share ({worth.doubtful_saved_share:.0%}); next: look at save_rate of "
            "prioritise.actions, and at low and high in data/prioritise/save_rates.parquet"
        )
    return said
