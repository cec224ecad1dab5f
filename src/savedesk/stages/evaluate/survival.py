"""Is time to churn right? Survival curves of followed subscribers beside Kaplan-Meier by tenure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from savedesk.metrics.ranking import auc
from savedesk.metrics.running_sums import Floats, Integers, ranked, ratio, totals
from savedesk.model.survival import MONTH_DAYS, tenure_curves
from savedesk.params.evaluate import EvaluateParams
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import cohort, features, model, scores
from savedesk.schemas.model import TENURE, TENURE_COLUMNS
from savedesk.schemas.scores import SURVIVAL_COLUMNS
from savedesk.stages.evaluate.bootstrap import Figure, Resamples, Sums, Tally, figures_with_intervals

KEY = ["subscriber_id", "as_of"]


@dataclass(frozen=True)
class FollowedCurves:
    """Subscribers followed beyond as_of, and what was predicted for each month.

    Args:
        subscriber: number of the subscriber of each row.
        followed: whole months followed, by row.
        exit: month of the exit, 0: none was seen.
        curves: P(still there after month t), rows by months, of the model.
        tenure: the same by the Kaplan-Meier curve of the row's band of tenure.
        minimum_rows: rows followed through a month; with fewer the month is not judged.
    """

    subscriber: Integers
    followed: Integers
    exit: Integers
    curves: Floats
    tenure: Floats
    minimum_rows: int

    @property
    def months(self) -> int:
        """Months that are judged: through which enough rows were followed."""
        counts = [(self.followed >= month).sum() for month in range(1, self.curves.shape[1] + 1)]
        return int(np.sum(np.array(counts) >= self.minimum_rows))


def followed_samples(inputs: Inputs) -> dict[str, FollowedCurves]:
    """Return the test rows (out of time, months that the data reaches), and held-out subscribers (up to 12 months)."""
    described = inputs.json(model.SCHEMA).get("survival")
    if not described:
        return {}
    held = inputs.frame(model.HELD_OUT_SURVIVAL)
    tested = _test_rows(inputs)
    known = tested[TENURE].to_numpy(float) if TENURE in tested else np.full(len(tested), np.nan)
    samples = {
        "test": (tested, tenure_curves(described, known)),
        "held_out": (held, held[list(TENURE_COLUMNS)].to_numpy(float)),
    }
    fewest = inputs.section(EvaluateParams).survival_minimum_rows
    followed = {name: _curves(rows, tenure, fewest) for name, (rows, tenure) in samples.items() if len(rows)}
    return {name: curves for name, curves in followed.items() if curves.months}


def survival_figures(samples: Mapping[str, FollowedCurves], params: EvaluateParams) -> dict[str, Figure]:
    """Return the integrated Brier score of each sample: the mean over its months (Graf et al. 1999, Stat. Med. 18).

    Follow-up ends on a day that is the same for all rows of an as_of and does not depend on the subscriber, so that the
    rows followed through a month need no weights. ``_tenure`` is that of Kaplan-Meier by tenure, ``_skill`` the share
    of it that the model takes away.
    """
    figures: dict[str, Figure] = {}
    for name, sample in samples.items():
        there, own, tenure = _measured(sample)
        months = np.tile(np.arange(sample.months), len(sample.subscriber))
        who = np.repeat(sample.subscriber, sample.months)
        tallies = [Tally(who, months, sample.months, np.ravel(values)) for values in (there, own, tenure)]

        def measure(sums: Sums, name: str = name) -> dict[str, Floats]:
            rows = np.maximum(sums[0], 1e-12)
            ours, theirs = (np.mean(errors / rows, axis=-1) for errors in sums[1:])
            return {
                f"integrated_brier_{name}": ours,
                f"integrated_brier_{name}_tenure": theirs,
                f"integrated_brier_{name}_skill": 1 - ratio(ours, theirs),
            }

        figures |= figures_with_intervals(measure, tallies, Resamples(sample.subscriber, params))
    return figures


def survival_table(samples: Mapping[str, FollowedCurves]) -> pd.DataFrame:
    """Return the table ``survival``: predicted and observed by month, Brier score and AUC of those gone by then."""
    return pd.DataFrame([line for name, sample in samples.items() for line in _months(name, sample)])


def _months(name: str, sample: FollowedCurves) -> Iterator[dict[str, Any]]:
    there, own, tenure = _measured(sample)
    for month in range(1, sample.months + 1):
        use = there[:, month - 1] > 0
        gone = _gone(sample, month)[use]
        ours, theirs = 1 - sample.curves[use, month - 1], 1 - sample.tenure[use, month - 1]
        yield {
            "sample": name,
            "month": month,
            "rows": int(use.sum()),
            "exits": int(gone.sum()),
            "observed": float(gone.mean()),
            "predicted": float(ours.mean()),
            "predicted_tenure": float(theirs.mean()),
            "brier": float(own[use, month - 1].mean()),
            "brier_tenure": float(tenure[use, month - 1].mean()),
            "auc": float(auc(totals(ranked(ours, gone), np.ones(len(gone))))),
            "auc_tenure": float(auc(totals(ranked(theirs, gone), np.ones(len(gone))))),
        }


def _measured(sample: FollowedCurves) -> tuple[Floats, Floats, Floats]:
    """Return whether each row was followed through each month, and its squared errors there: model, tenure."""
    months = range(1, sample.months + 1)
    there = np.column_stack([(sample.followed >= month).astype(float) for month in months])
    gone = np.column_stack([_gone(sample, month) for month in months])
    own, tenure = (there * (1 - curve[:, : sample.months] - gone) ** 2 for curve in (sample.curves, sample.tenure))
    return there, own, tenure


def _gone(sample: FollowedCurves, month: int) -> Floats:
    return ((sample.exit > 0) & (sample.exit <= month)).astype(float)


def _test_rows(inputs: Inputs) -> pd.DataFrame:
    people = inputs.table(cohort.TABLE)
    people = people.filter(people.role == "test", people.churned.notnull(), people.followed_until.notnull())
    followed = people.followed_until.delta(people.outcome_start, unit="day") // MONTH_DAYS
    left = people.exit_on.delta(people.outcome_start, unit="day") // MONTH_DAYS + 1
    people = people.select(*KEY, followed_months=followed, exit_month=(left <= followed).ifelse(left, None))
    rows = people.inner_join(inputs.table(scores.TABLE).select(*KEY, *SURVIVAL_COLUMNS), KEY)
    table = inputs.table(features.TABLE)
    if TENURE in table.columns:
        rows = rows.left_join(table.select(*KEY, TENURE), KEY, rname="{name}_feature")
        rows = rows.drop("subscriber_id_feature", "as_of_feature")
    tested: pd.DataFrame = rows.order_by(KEY).to_pandas()
    return tested


def _curves(rows: pd.DataFrame, tenure: Floats, minimum_rows: int) -> FollowedCurves:
    return FollowedCurves(
        pd.factorize(rows["subscriber_id"])[0].astype(np.int64),
        rows["followed_months"].to_numpy(np.int64),
        rows["exit_month"].fillna(0).to_numpy(np.int64),
        rows[list(SURVIVAL_COLUMNS)].to_numpy(float),
        tenure,
        minimum_rows,
    )
