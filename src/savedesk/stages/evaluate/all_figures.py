"""The table ``figures``: every figure of the model and of the baselines, of all rows and of each slice."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from savedesk.metrics.registry import metric_of
from savedesk.metrics.running_sums import Floats
from savedesk.params.cohort import CohortParams
from savedesk.params.evaluate import EvaluateParams
from savedesk.params.features import FeaturesParams
from savedesk.params.prioritise import PrioritiseParams
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import decisions, features, model, source_facts
from savedesk.stages.evaluate.against_truth import truth_figures, windows_differ
from savedesk.stages.evaluate.at_capacity import EqualSizeRules, capacity_figures
from savedesk.stages.evaluate.bootstrap import Figure, Resamples
from savedesk.stages.evaluate.champion import beside_champion
from savedesk.stages.evaluate.coverage import coverage_figures
from savedesk.stages.evaluate.drift import Drift, drift_figures, sampled
from savedesk.stages.evaluate.headline import MODEL, best_baseline, headline_figures
from savedesk.stages.evaluate.score_figures import FigureRows, figure_rows
from savedesk.stages.evaluate.slices import (
    BY_CAUSE,
    calibration_counts,
    cause_figures,
    slice_figures,
    slices_of,
    type_figures,
)
from savedesk.stages.evaluate.stability import Parts, month_figures
from savedesk.stages.evaluate.survival import FollowedCurves, survival_figures

ALL = ("all", "all")


class Figures:
    """Collects the lines of the table.

    Args:
        rows: evaluation rows.
        gain: realised gain of each row.
        inputs: of the stage.
    """

    def __init__(self, rows: pd.DataFrame, gain: Floats, inputs: Inputs) -> None:
        """Draw the resamples once for all figures."""
        self._rows, self._inputs, self._params = rows, inputs, inputs.section(EvaluateParams)
        self._given: FigureRows = figure_rows(rows, gain)
        self._resamples = Resamples(self._given.subscriber, self._params)
        self._lines: list[dict[str, Any]] = []
        self.best: dict[str, Any] = {}
        self.drift, self.champion = pd.DataFrame(), ""

    def table(self, followed: Mapping[str, FollowedCurves]) -> pd.DataFrame:
        """Return the table ``figures``.

        Args:
            followed: see ``survival.followed_samples``.
        """
        self._headline()
        self._add(survival_figures(followed, self._params))
        level = (self._inputs.json(model.SCHEMA).get("interval") or {}).get("level")
        self._add(coverage_figures(self._rows, level, self._params))
        self._against_truth()
        for key, figures in type_figures(self._rows, self._given, self._params, self._resamples).items():
            self._add(figures, key, churners=int((self._rows["churn_type"] == key[1]).sum()))
        beside = beside_champion(self._rows, self._given, self._inputs, self._resamples)
        self._add(beside.figures, places=beside.places)
        self.champion = beside.note
        self._add(month_figures(self._inputs))
        drift, parts = Drift(self._inputs.frame(features.STATISTICS)), Parts(self._inputs)
        for day, rows in sampled(self._inputs):
            drift.look(day, rows)
            parts.look(rows)
        self.drift = drift.table()
        self._add(drift_figures(self.drift, self._inputs.section(FeaturesParams)))
        self._add(parts.figures())
        slices = dict(slices_of(self._rows))
        for key, figures in slice_figures(self._given, slices, self._params, self._resamples).items():
            self._add(figures, key, places=slices[key])
        self._add(calibration_counts(pd.DataFrame(self._lines), self._params.interval))
        self._add(self._fold_mean())
        table = pd.DataFrame(self._lines)
        for name in table["metric"].unique():
            metric_of(name)  # what is not declared has no meaning to anybody
        return table

    def _headline(self) -> None:
        track = lambda items: self._inputs.progress.track(items, "resamples", len(self._resamples))  # noqa: E731
        headline = headline_figures(self._rows, self._given, self._params, self._resamples, track)
        for name, figures in headline.items():
            self._add(figures, model_name=name)
        if name := best_baseline(headline):
            shown = {metric: headline[name][metric] for metric in ("auc", "log_loss", "auc_ahead", "log_loss_ahead")}
            flat = {f"{metric}{end}": value for metric, figure in shown.items() for end, value in _ends(figure)}
            self.best = {"best_baseline": name, **{f"best_baseline_{metric}": value for metric, value in flat.items()}}

    def _against_truth(self) -> None:
        there = np.flatnonzero(self._rows["true_probability"].notna())
        if not len(there) or truth_note(self._rows, self._inputs):
            return
        known, policy = self._rows.iloc[there], self._inputs.section(PrioritiseParams)
        self._add(truth_figures(known, policy, self._params), places=there)
        options = self._inputs.frame(decisions.OPTIONS)
        self._add(capacity_figures(options, known, EqualSizeRules(policy, self._params)), places=there)
        slices = {key: there[places] for key, places in slices_of(known, BY_CAUSE)}
        true = self._rows["true_probability"].to_numpy(dtype=float)
        for key, figures in cause_figures(true, self._given, slices, self._params, self._resamples).items():
            self._add(figures, key, places=slices[key])

    def _add(
        self,
        figures: Mapping[str, Figure],
        key: tuple[str, str] = ALL,
        *,
        model_name: str = MODEL,
        places: np.ndarray[Any, Any] | None = None,
        churners: int | None = None,
    ) -> None:
        churned = self._given.churned if places is None else self._given.churned[places]
        counts = {"rows": len(churned), "churners": int(churned.sum()) if churners is None else churners}
        self._lines += [
            {
                "model": model_name,
                "slice_by": key[0],
                "slice": key[1],
                "metric": name,
                "value": figure.value,
                "low": figure.low,
                "high": figure.high,
                **counts,
            }
            for name, figure in figures.items()
        ]

    def _fold_mean(self) -> dict[str, Figure]:
        """Return the mean AUC over folds, with the worst and the best fold as its ends."""
        folds = [line["value"] for line in self._lines if line["slice_by"] == "fold" and line["metric"] == "auc"]
        known = [value for value in folds if not math.isnan(value)]
        return {"auc_fold_mean": Figure(float(np.mean(known)), min(known), max(known))} if known else {}


def truth_note(rows: pd.DataFrame, inputs: Inputs) -> str:
    """Return why the known truth is not used, or nothing."""
    if not rows["true_probability"].notna().any():
        return ""
    window = inputs.json(source_facts.FILE).get("truth_window")
    if window is None:
        return "the source does not say for which window its truth was written, so it is not used"
    return windows_differ(inputs.section(CohortParams), window)


def flat_figures(metrics: pd.DataFrame) -> dict[str, Any]:
    """Return the figures of all rows by name; a baseline's name stands before its own."""
    flat: dict[str, Any] = {}
    for line in metrics[metrics["slice_by"] == "all"].to_dict("records"):
        prefix = "" if line["model"] == MODEL else f"{line['model'].replace(' ', '_')}_"
        figure = Figure(float(line["value"]), float(line["low"]), float(line["high"]))
        flat |= {f"{prefix}{line['metric']}{end}": value for end, value in _ends(figure)}
    return flat


def _ends(figure: Figure) -> Iterator[tuple[str, float | None]]:
    """Yield the value of a figure and the ends of its interval, each with the end of its name; None: cannot be made."""
    for end, value in (("", figure.value), ("_low", figure.low), ("_high", figure.high)):
        yield end, value if math.isfinite(value) else None
