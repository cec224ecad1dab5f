"""Loyal to what: a type for each subscriber by rules, from behaviour and, where they answered, from attitude.

Loyalty is patronage and attitude together: both high is loyalty, patronage alone is spurious, attitude alone is latent
(Dick and Basu 1994). Those who stay without the attitude stay for a price, for an incentive, out of habit, or because
they must (Rowley 2005).
"""

from __future__ import annotations

from typing import Any

import ibis
import pandas as pd

from savedesk.params.summarise import LoyaltyRules
from savedesk.schemas.summaries import BY_CHOICE, COUNTRY
from savedesk.stages.summarise.groups import at_home, everywhere, ratio, total

BOUND = ("first", "middle")  # phases in which a contract holds for longer than a quarter
FIGURES = (
    "months_since_activation",
    "usage_change_3m",
    "active_days_change_1m",
    "last_overall_score",
    "switch_intention_12m",
    "discount_share_3m",
    "complaints_open",
    "competitor_price_index",
    "competitor_campaigns_3m",
)


def loyalty_types(known: Any, rules: LoyaltyRules) -> Any:
    """Return the table ``loyalty`` as an Ibis expression. The first rule that fits decides (docs/summarise.md).

    Of whom neither tenure nor an answer is known nothing is said.

    Args:
        known: features of one as_of; a figure that is not among them is not known of anybody.
        rules: thresholds.
    """
    there = {name: known[name] if name in known.columns else ibis.null("float64") for name in FIGURES}
    phase = known.contract_phase if "contract_phase" in known.columns else ibis.null("string")
    rows = known.select("subscriber_id", **there, phase=phase)
    rows = rows.filter(rows.months_since_activation.notnull() | rows.last_overall_score.notnull())
    score, wavers = rows.last_overall_score, (rows.switch_intention_12m > 0).fill_null(False)
    good, poor = _true(score >= rules.good_score) & ~wavers, _true(score <= rules.poor_score) | wavers
    tenure, rival = rows.months_since_activation, rows.competitor_campaigns_3m
    falls = use_falls(rows, rules)
    patron = _true(tenure >= rules.settled_months) & ~falls
    content = ~poor & ~_true(rows.complaints_open > 0)
    cheaper = 1 - rows.competitor_price_index
    no_rival = _true(rival <= rules.few_rivals) & _true(cheaper <= 0)
    must = _true(rows.phase.isin(BOUND)) | no_rival
    kind = ibis.cases(
        (good & patron, "committed"),
        (good, "latent"),
        (~falls & content & _true(rows.discount_share_3m >= rules.discount_share), "incentive"),
        (must & (poor | ~patron), "monopoly"),
        (~patron, "none"),
        (content & _true(tenure >= rules.long_months) & score.isnull() & _true(cheaper > rules.price_gap), "committed"),
        (content & _true(cheaper <= rules.price_gap), "price"),
        else_="inertia",
    )
    return rows.select("subscriber_id", loyalty_type=kind, by_choice=kind.isin(BY_CHOICE), answered=score.notnull())


def use_falls(rows: Any, rules: LoyaltyRules) -> Any:
    """Return whether use or days with use are seen to fall; false where nobody knows.

    Args:
        rows: usage_change_3m and active_days_change_1m, each null where it is not known.
        rules: thresholds.
    """
    return _true(rows.usage_change_3m < rules.falling_use) | _true(rows.active_days_change_1m < rules.falling_use)


def _true(where: Any) -> Any:
    return where.fill_null(False)


def loyalty_counts(loyalty: Any, scores: Any, values: Any, master: Any) -> pd.DataFrame:
    """Return the table ``loyalty_counts``.

    Args:
        loyalty: contract ``loyalty``.
        scores: contract ``scores``.
        values: contract ``values``.
        master: contract ``subscribers``.
    """
    newest = scores.filter(scores.as_of == scores.as_of.max()).select("subscriber_id", "as_of", "churn_probability")
    rows = newest.inner_join(values.select("subscriber_id", "as_of", "value_at_risk"), ["subscriber_id", "as_of"])
    rows = at_home(rows.inner_join(loyalty, "subscriber_id"), master)
    spread = everywhere(rows)
    both = spread.filter(spread.segment.notnull()).union(spread.mutate(segment=ibis.literal(COUNTRY)))
    cells = both.group_by(["region", "segment", "loyalty_type", "by_choice"]).aggregate(
        subscribers=both.count(), risk=total(both.churn_probability), value_at_risk=total(both.value_at_risk)
    )
    frame: pd.DataFrame = cells.order_by(["region", "segment", "loyalty_type"]).to_pandas()
    whole = frame.groupby(["region", "segment"])["subscribers"].transform("sum")
    return frame.assign(
        share=ratio(frame["subscribers"], whole).clip(0, 1),
        predicted_rate=ratio(frame["risk"], frame["subscribers"]).clip(0, 1),
    )
