"""Everything that is known of a run, from this machine where it was kept, else from MLflow, which has no rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from savedesk.operations.runs.find import Named
from savedesk.operations.runs.kept import METRICS, PARAMS
from savedesk.schemas import decisions, figures

ROWS = (  # columns of it that runs are compared by
    *("subscriber_id", "as_of", "segment", "region", "tier", "age_band", "churned", "churn_probability"),
    *("remaining_value", "listed", "action", "offer_cost", "contact_cost", "save_rate", "take_up", "touched"),
    *("expected_gain", "realised_gain"),
)
LISTED = ("subscriber_id", "rank", "tier", "segment", "region", "action", "expected_gain", "receipt")


@dataclass(frozen=True)
class RunContents:
    """A run's evidence.

    Args:
        run: which run.
        params: flattened params.yaml.
        metrics: figures, with the stage as prefix.
        rows: contract ``rows`` of evaluate, the columns of ``ROWS``; None: not kept here.
        listed: its newest list, the columns of ``LISTED``; None: not kept here.
        features: columns of its model; None: not known here.
        currency: of money; empty: none was named.
        snapshot: whether its source has one as_of, so that money is of a list and not of a month.
    """

    run: Named
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    rows: pd.DataFrame | None
    listed: pd.DataFrame | None
    features: tuple[str, ...] | None
    currency: str
    snapshot: bool

    @property
    def label(self) -> str:
        """How messages name the run."""
        return self.run.label


def run_contents_of(root: Path, run: Named) -> RunContents:
    """Return what is known of a run."""
    if run.kept is None:
        from savedesk.stages.track.lookup import tracked_run  # noqa: PLC0415 - MLflow is slow to load

        tracked = tracked_run(root, run.run_id)
        return RunContents(run, tracked.params, tracked.metrics, None, None, None, "", snapshot=False)
    kept = run.kept
    return RunContents(
        run=run,
        params=kept.values(PARAMS),
        metrics=kept.values(METRICS),
        rows=kept.table(figures.ROWS, ROWS),
        listed=kept.table(decisions.LIST, LISTED),
        features=kept.features(),
        currency=str(kept.record["currency"]),
        snapshot=kept.record["kind"] == "snapshot",
    )
