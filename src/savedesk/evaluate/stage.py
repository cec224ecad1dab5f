"""Stage evaluate: metrics, calibration, gains, profit and charts on rows that no model was trained on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from savedesk.contracts import (
    attributes,
    cohort,
    decisions,
    features,
    figures,
    model,
    scores,
    source_facts,
    subscribers,
    truth,
    values,
)
from savedesk.contracts.table import Table
from savedesk.evaluate.against_truth import truth_figures, windows_differ
from savedesk.evaluate.at_capacity import Judge, capacity_figures
from savedesk.evaluate.bootstrap import Figure
from savedesk.evaluate.coverage import coverage_figures
from savedesk.evaluate.headline import MODEL, best_baseline, columns, headline_figures
from savedesk.evaluate.money import profit_table, realised_gain, rows_table
from savedesk.evaluate.plots import charts
from savedesk.evaluate.probability import calibration_table
from savedesk.evaluate.ranking import lift_at, ranked, totals, value_caught_at
from savedesk.evaluate.rows import baselines_left_out, baselines_of, evaluation_rows
from savedesk.evaluate.slices import (
    BY_CAUSE,
    BY_TYPE,
    calibration_counts,
    cause_figures,
    slice_figures,
    slices_of,
    type_figures,
    types_of,
)
from savedesk.evaluate.survival import FollowedCurves, followed_samples, survival_figures, survival_table
from savedesk.inputs import Inputs
from savedesk.params.cohort import CohortParams
from savedesk.params.evaluate import EvaluateParams
from savedesk.params.language import Language
from savedesk.params.prioritise import PrioritiseParams
from savedesk.params.simulator import SimulatorParams

READS = (
    cohort.TABLE,
    scores.TABLE,
    scores.BASELINES,
    values.TABLE,
    decisions.TABLE,
    decisions.OPTIONS,
    features.TABLE,
    subscribers.TABLE,
    attributes.TABLE,
    truth.TABLE,
    model.SCHEMA,
    model.HELD_OUT_SURVIVAL,
    source_facts.FILE,
)
WRITES = (
    figures.METRICS,
    figures.CALIBRATION,
    figures.GAINS,
    figures.PROFIT,
    figures.SURVIVAL,
    figures.ROWS,
    figures.PLOTS,
)
SECTIONS = (EvaluateParams, PrioritiseParams, CohortParams, SimulatorParams, Language)
FIRST = (  # the end of a run shows these
    "auc",
    "auc_ceiling",
    "auc_gap",
    "log_loss",
    "log_loss_ceiling",
    "log_loss_gap",
    "best_baseline",
    "best_baseline_auc",
    "best_baseline_log_loss",
    "promised_gain",
    "profit_at_capacity",
    "true_profit_at_capacity",
    "true_profit_oracle",
    "true_profit_share",
    "true_gain_at_capacity_list",
    "share_of_tables_allow",
    "share_of_truth_known",
    "times_by_probability",
    "times_by_probability_own_action",
    "times_by_value_at_risk",
    "times_by_value_at_risk_own_action",
)


def run(inputs: Inputs) -> dict[str, Any]:
    """Return the figures. Without a labelled row every table is empty and ``metrics`` says 0 rows."""
    facts, rows = inputs.json(source_facts.FILE), evaluation_rows(inputs)
    found: dict[str, Any] = {"rows": len(rows), "churners": int(rows["churned"].sum())}
    kind = {"kind": facts["kind"]}
    if rows.empty:
        empty = {name: inputs.engine.empty(table.columns) for name, table in _TABLES.items()}
        return {**empty, figures.PLOTS.name: {}, "metrics": {**found, **kind}}
    params, policy = inputs.section(EvaluateParams), inputs.section(PrioritiseParams)
    gain = realised_gain(rows, policy)
    followed = followed_samples(inputs)
    track = lambda items: inputs.progress.track(items, "resamples", params.bootstrap_rounds)  # noqa: E731
    headline = headline_figures(rows, gain, params, track)
    metrics = _metrics(rows, headline, followed, inputs, params)
    score, churned, _ = columns(rows)
    made = {
        figures.METRICS.name: metrics,
        figures.CALIBRATION.name: calibration_table(score, churned, params.calibration_bins, params.interval),
        figures.GAINS.name: _gains(rows),
        figures.PROFIT.name: profit_table(rows, gain),
        figures.SURVIVAL.name: survival_table(followed),
        figures.ROWS.name: rows_table(rows, gain, policy),
    }
    capacity = float((rows["decision"] == "contact").sum() / rows["as_of"].nunique())
    drawn = charts(made, capacity, str(facts.get("currency") or ""), inputs.section(Language).code)
    typed = {name: _typed(inputs, table, made[name]) for name, table in _TABLES.items()}
    note, flat = _truth_note(rows, inputs), _flat(metrics) | _best(headline)
    first = {name: flat[name] for name in FIRST if name in flat}
    notes = {"truth_note": note, "baselines_left_out": ", ".join(baselines_left_out(rows))}
    told = {**found, **first, **{name: text for name, text in notes.items() if text}, **kind, **flat}
    return {**typed, figures.PLOTS.name: drawn, "metrics": told}


_TABLES: dict[str, Table] = {one.name: one for one in WRITES if isinstance(one, Table)}


def _typed(inputs: Inputs, table: Table, frame: pd.DataFrame) -> Any:
    return inputs.engine.empty(table.columns) if frame.empty else frame


def _metrics(
    rows: pd.DataFrame,
    headline: Mapping[str, dict[str, Figure]],
    followed: Mapping[str, FollowedCurves],
    inputs: Inputs,
    params: EvaluateParams,
) -> pd.DataFrame:
    lines = [line for name, found in headline.items() for line in _lines(name, "all", "all", rows, found)]
    lines += _lines(MODEL, "all", "all", rows, survival_figures(followed, params))
    level = (inputs.json(model.SCHEMA).get("interval") or {}).get("level")
    lines += _lines(MODEL, "all", "all", rows, coverage_figures(rows, level, params))
    known = rows[rows["true_probability"].notna()]
    if len(known) and not _truth_note(rows, inputs):
        policy = inputs.section(PrioritiseParams)
        lines += _lines(MODEL, "all", "all", known, truth_figures(known, policy, params))
        options = inputs.frame(decisions.OPTIONS)
        lines += _lines(MODEL, "all", "all", known, capacity_figures(options, known, Judge(policy, params)))
        for slice_by, value, part in slices_of(known, BY_CAUSE):
            lines += _lines(MODEL, slice_by, value, part, cause_figures(part, params))
    for value, part in types_of(rows):
        lines += _lines(MODEL, BY_TYPE, value, part, type_figures(part, params))
    slices = list(slices_of(rows))
    for slice_by, value, part in inputs.progress.track(slices, "slices", len(slices)):
        lines += _lines(MODEL, slice_by, value, part, slice_figures(part, params))
    lines += _lines(MODEL, "all", "all", rows, calibration_counts(pd.DataFrame(lines), params.interval))
    return pd.DataFrame([*lines, *_fold_mean(lines, rows)])


def _best(headline: Mapping[str, dict[str, Figure]]) -> dict[str, Any]:
    """Return the best baseline's name and its figures beside the model's."""
    name = best_baseline(headline)
    if not name:
        return {}
    shown = {metric: headline[name][metric] for metric in ("auc", "log_loss", "auc_ahead", "log_loss_ahead")}
    flat = {f"{metric}{end}": value for metric, one in shown.items() for end, value in _ends(one)}
    return {"best_baseline": name, **{f"best_baseline_{metric}": value for metric, value in flat.items()}}


def _truth_note(rows: pd.DataFrame, inputs: Inputs) -> str:
    """Return why the known truth is not used, or nothing."""
    if not rows["true_probability"].notna().any():
        return ""
    return windows_differ(inputs.section(CohortParams), inputs.section(SimulatorParams))


def _lines(model: str, slice_by: str, value: str, rows: pd.DataFrame, found: dict[str, Figure]) -> list[dict[str, Any]]:
    counts = {"rows": len(rows), "churners": int(rows["churned"].sum())}
    key = {"model": model, "slice_by": slice_by, "slice": value}
    return [
        {**key, "metric": name, "value": figure.value, "low": figure.low, "high": figure.high, **counts}
        for name, figure in found.items()
    ]


def _fold_mean(lines: list[dict[str, Any]], rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the mean AUC over folds, with the worst and the best fold as its ends."""
    folds = [line["value"] for line in lines if line["slice_by"] == "fold" and line["metric"] == "auc"]
    known = [value for value in folds if not math.isnan(value)]
    if not known:
        return []
    figure = Figure(float(np.mean(known)), min(known), max(known))
    return _lines(MODEL, "all", "all", rows, {"auc_fold_mean": figure})


def _gains(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``gains`` in steps of one percent; empty where nobody churned."""
    score, churned, value = columns(rows)
    grid, lines = np.arange(101) / 100, []
    for name, ranks in {MODEL: score, **baselines_of(rows)}.items():
        t = totals(ranked(ranks, churned, value), np.ones(len(rows)))
        if t.churners[-1] > 0:
            caught = np.interp(grid * t.rows[-1], t.rows, t.churners) / t.churners[-1]
            worth = [value_caught_at(t, share) for share in grid]
            lift = [lift_at(t, share) for share in np.maximum(grid, 1 / t.rows[-1])]
            lines.append(
                pd.DataFrame(
                    {
                        "model": name,
                        "share": grid,
                        "churn_caught": caught.clip(0, 1),
                        "value_caught": worth,
                        "lift": lift,
                    }
                )
            )
    return pd.concat(lines, ignore_index=True) if lines else pd.DataFrame()


def _flat(metrics: pd.DataFrame) -> dict[str, Any]:
    """Return the figures of all rows by name; a baseline's name stands before its own."""
    flat: dict[str, Any] = {}
    for line in metrics[metrics["slice_by"] == "all"].to_dict("records"):
        prefix = "" if line["model"] == MODEL else f"{line['model'].replace(' ', '_')}_"
        found = Figure(float(line["value"]), float(line["low"]), float(line["high"]))
        flat |= {f"{prefix}{line['metric']}{end}": value for end, value in _ends(found)}
    return flat


def _ends(figure: Figure) -> Iterator[tuple[str, float | None]]:
    """Yield the value of a figure and the ends of its interval, each with the end of its name; None: cannot be made."""
    for end, value in (("", figure.value), ("_low", figure.low), ("_high", figure.high)):
        yield end, value if math.isfinite(value) else None
