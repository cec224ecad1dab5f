"""Stage evaluate: metrics, calibration, gains, profit and charts on rows that no model was trained on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from savedesk.metrics.declaration import Place
from savedesk.metrics.ranking import lift_at, value_caught_at
from savedesk.metrics.registry import shown_in
from savedesk.metrics.running_sums import ranked, totals
from savedesk.params.cohort import CohortParams
from savedesk.params.evaluate import EvaluateParams
from savedesk.params.features import FeaturesParams
from savedesk.params.language import Language
from savedesk.params.prioritise import PrioritiseParams
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import (
    attributes,
    cohort,
    contacts,
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
from savedesk.schemas.table import Table
from savedesk.stages.evaluate.all_figures import Figures, flat_figures, truth_note
from savedesk.stages.evaluate.contact_effects import contact_effects
from savedesk.stages.evaluate.drift import shifted
from savedesk.stages.evaluate.fairness import fairness_statement, fairness_table
from savedesk.stages.evaluate.headline import MODEL, columns
from savedesk.stages.evaluate.money import profit_table, realised_gain, rows_table
from savedesk.stages.evaluate.plots import charts
from savedesk.stages.evaluate.probability import calibration_table
from savedesk.stages.evaluate.rows import baselines_left_out, baselines_of, evaluation_rows
from savedesk.stages.evaluate.slices import confusion
from savedesk.stages.evaluate.survival import followed_samples, survival_table

READS = (
    cohort.TABLE,
    scores.TABLE,
    scores.BASELINES,
    values.TABLE,
    decisions.TABLE,
    decisions.OPTIONS,
    features.TABLE,
    features.STATISTICS,
    subscribers.TABLE,
    attributes.TABLE,
    truth.TABLE,
    contacts.TABLE,
    model.SCHEMA,
    model.BOOSTER,
    model.TYPES,
    model.SURVIVAL,
    model.HELD_OUT_SURVIVAL,
    model.CHAMPION,
    source_facts.FILE,
)
WRITES = (
    figures.METRICS,
    figures.CALIBRATION,
    figures.GAINS,
    figures.PROFIT,
    figures.SURVIVAL,
    figures.CONTACT_EFFECTS,
    figures.CONFUSION,
    figures.DRIFT,
    figures.FAIRNESS,
    figures.ROWS,
    figures.PLOTS,
)
SECTIONS = (EvaluateParams, PrioritiseParams, CohortParams, FeaturesParams, Language)
BEST_BASELINE = ("best_baseline", "best_baseline_auc", "best_baseline_log_loss")


def run(inputs: Inputs) -> dict[str, Any]:
    """Return the figures. Without a labelled row every table is empty and ``metrics`` says 0 rows."""
    facts, rows = inputs.json(source_facts.FILE), evaluation_rows(inputs)
    counts: dict[str, Any] = {"rows": len(rows), "churners": int(rows["churned"].sum())}
    kind = {"kind": facts["kind"]}
    if rows.empty:
        empty = {name: inputs.engine.empty(table.columns) for name, table in _TABLES.items()}
        return {**empty, figures.PLOTS.name: {}, "metrics": {**counts, **kind}}
    params, policy = inputs.section(EvaluateParams), inputs.section(PrioritiseParams)
    gain = realised_gain(rows, policy)
    followed = followed_samples(inputs)
    every = Figures(rows, gain, inputs)
    metrics = every.table(followed)
    score, churned, _ = columns(rows)
    tables = {
        figures.METRICS.name: metrics,
        figures.CALIBRATION.name: calibration_table(score, churned, params.calibration_bins, params.interval),
        figures.GAINS.name: _gains(rows),
        figures.PROFIT.name: profit_table(rows, gain),
        figures.SURVIVAL.name: survival_table(followed),
        figures.CONFUSION.name: confusion(rows),
        figures.DRIFT.name: every.drift,
        figures.FAIRNESS.name: fairness_table(metrics, params.interval),
        figures.ROWS.name: rows_table(rows, gain, policy),
    }
    capacity = float((rows["decision"] == "contact").sum() / rows["as_of"].nunique())
    drawn = charts(tables, capacity, str(facts.get("currency") or ""), inputs.section(Language).code)
    typed = {name: _typed(inputs, _TABLES[name], frame) for name, frame in tables.items()}
    typed[figures.CONTACT_EFFECTS.name] = _contact_effects(rows, inputs)
    note, flat = truth_note(rows, inputs), flat_figures(metrics) | every.best
    names = (*(metric.standing_name for metric in shown_in(Place.END)), *BEST_BASELINE)
    first = {name: flat[name] for name in names if name in flat}
    notes = {"truth_note": note, "baselines_left_out": ", ".join(baselines_left_out(rows))}
    notes |= {"champion_note": every.champion}
    notes |= shifted(every.drift, inputs.section(FeaturesParams)) | fairness_statement(tables[figures.FAIRNESS.name])
    summary = {**counts, **first, **{name: text for name, text in notes.items() if text}, **kind, **flat}
    return {**typed, figures.PLOTS.name: drawn, "metrics": summary}


_TABLES: dict[str, Table] = {table.name: table for table in WRITES if isinstance(table, Table)}


def _typed(inputs: Inputs, table: Table, frame: pd.DataFrame) -> Any:
    return inputs.engine.empty(table.columns) if frame.empty else frame


def _contact_effects(rows: pd.DataFrame, inputs: Inputs) -> Any:
    """Return what past contacts truly changed; nothing where the truth is of another window."""
    if truth_note(rows, inputs):
        return inputs.engine.empty(figures.CONTACT_EFFECTS.columns)
    return contact_effects(inputs.table(contacts.TABLE), inputs.table(truth.TABLE))


def _gains(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``gains`` in steps of one percent; empty where nobody churned."""
    score, churned, value = columns(rows)
    grid, lines = np.arange(101) / 100, []
    for name, ranks in {MODEL: score, **baselines_of(rows)}.items():
        t = totals(ranked(ranks, churned, value), np.ones(len(rows)))
        if t.churners[-1] > 0:
            caught = np.interp(grid * t.rows[-1], t.rows, t.churners) / t.churners[-1]
            worth = [float(value_caught_at(t, share)) for share in grid]
            lift = [float(lift_at(t, share)) for share in np.maximum(grid, 1 / t.rows[-1])]
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
