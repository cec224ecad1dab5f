"""What no operator has, said at once: churn beyond anything published, one type for all, use before the activation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from savedesk.domain.usage_months import MONTHS_A_YEAR
from savedesk.params.cohort import CohortParams

DAYS_OF = {"dormant": "dormant_days", "arrears": "arrears_days"}  # types that are read from a silence, a suspension


def churn_doubts(churners: Mapping[str, int], labelled: int, params: CohortParams) -> list[str]:
    """Return warnings about how many leave, and how.

    Args:
        churners: number of labelled rows that churned, by type.
        labelled: rows with a label.
        params: section ``cohort``.
    """
    left = sum(churners.values())
    if not left or not labelled:
        return []
    share, monthly = left / labelled, params.monthly(left / labelled)
    too_many = monthly > params.doubtful_monthly_churn
    said = []
    if too_many:
        said.append(
            f"{share:.1%} of the labelled rows churn within {params.outcome_days} days, {monthly:.1%} a month; no "
            f"operator is known with more than {params.doubtful_monthly_churn:.0%} (cohort.doubtful_monthly_churn); "
            "next: look at dormant_days, arrears_days, outcome_days and churn_types in section cohort of params.yaml"
        )
    kind = max(churners, key=lambda name: churners[name])
    of_all = churners[kind] / left
    if kind in DAYS_OF and of_all >= params.doubtful_type_share and (too_many or of_all < 1):
        days = DAYS_OF[kind]
        said.append(
            f"{of_all:.1%} of all churners are {kind}: it may be what subscribers here do now and then, and no exit; "
            f"next: raise cohort.{days} (now {getattr(params, days)}), or leave {kind} out of cohort.churn_types"
        )
    return said


def rows_before_activation(facts: Any, subscribers: Any) -> tuple[int, int]:
    """Return how many rows of a monthly table are of months before their subscriber's activation, and how many all are.

    Args:
        facts: canonical table with subscriber_id and month.
        subscribers: canonical table.
    """
    began = subscribers.select("subscriber_id", began=_month_number(subscribers.activated_on))
    both = facts.select("subscriber_id", month=_month_number(facts.month)).left_join(began, "subscriber_id")
    early = (both.month < both.began).fill_null(False).cast("int64")
    counts = both.aggregate(early=early.sum(), rows=both.count()).to_pyarrow().to_pylist()[0]
    return int(counts["early"] or 0), int(counts["rows"])


def _month_number(day: Any) -> Any:
    return day.year() * MONTHS_A_YEAR + day.month()


def early_doubts(counts: Mapping[str, tuple[int, int]], params: CohortParams) -> list[str]:
    """Return a warning for each table with many rows before the activation; see ``rows_before_activation``."""
    return [
        f"{early:,} of {rows:,} rows of {table} ({early / rows:.1%}) are of months before their subscriber's "
        "activation: no feature uses them; next: look at activated_on in subscribers.sql (the first activation, not "
        "that of the newest contract or SIM), or give whoever had the number before an id of their own"
        for table, (early, rows) in counts.items()
        if rows and early / rows > params.doubtful_early_share
    ]
