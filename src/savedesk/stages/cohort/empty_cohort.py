"""Say why nobody is left to score."""

from __future__ import annotations

from typing import Any

from savedesk.engine.base import Engine
from savedesk.errors import DataContractError
from savedesk.params.cohort import CohortParams
from savedesk.stages.cohort.dated import eligible, window_table
from savedesk.stages.cohort.usage_known import UsageKnown
from savedesk.stages.cohort.windows import Window, month_start


def nobody_known() -> DataContractError:
    """Return the error of a source without subscribers."""
    return DataContractError(
        "there is not one subscriber, so nobody to score",
        where="data/ingest/subscribers.parquet",
        next_step="look at what subscribers.sql selects, and at data/ingest/quarantine",
    )


def nobody_left(
    engine: Engine, tables: dict[str, Any], window: Window, params: CohortParams, known: UsageKnown
) -> DataContractError:
    """Return the error of an as_of at which no subscriber may be scored: how many each condition leaves.

    Args:
        engine: open engine.
        tables: subscribers, status_changes and usage.
        window: of the as_of that is scored.
        params: section ``cohort``.
        known: what is known of usage.
    """
    everyone = int(tables["subscribers"].count().execute())
    if not everyone:
        return nobody_known()
    left = [
        int(rows.count().execute()) for rows in eligible(engine, tables, window_table(engine, [window]), params, known)
    ]
    said = (
        f"nobody to score at {window.as_of}: of {everyone:,} subscribers {left[0]:,} have minimum_tenure_days "
        f"({params.minimum_tenure_days}), {left[1]:,} of them are active and under no notice"
    )
    if not known.until:
        return _error(said, "look at activated_on and at status_changes")
    ends = month_start(known.until, -1)
    said += f", {left[2]:,} of them have used something in the last dormant_days ({params.dormant_days})"
    if known.too_old(window.as_of, params.dormant_days):
        step = f"connect newer usage, or set cohort.as_of to {known.until} or earlier"
        return _error(f"{said}; usage ends with {ends:%Y-%m}", step)
    return _error(said, "look at activated_on, at status_changes and at usage")


def _error(what: str, step: str) -> DataContractError:
    return DataContractError(what, where="cohort", next_step=step)
