"""The model's figures as the tables of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from savedesk.report.amounts import Format, decimals, number, or_none, percent
from savedesk.report.messages import word

MODEL = "savedesk"
PERCENTS = (
    "ece",
    "precision_at",
    "value_caught_at",
    "churn_rate",
    "predicted_rate",
    "truth_mae",
    "true_profit_share",
    "harmed_share",
)
DIGITS = {"auc": 3, "average_precision": 3, "log_loss": 4, "brier": 4, "lift_at": 2, "mpc": 2, "empc": 2}
ORDER = (
    "profit_at_capacity",
    "true_profit_at_capacity",
    "true_profit_left_out",
    "true_profit_oracle",
    "true_profit_random",
    "true_profit_gap",
    "true_profit_share",
    "promise_excess",
    "harmed_share",
    "auc",
    "auc_ceiling",
    "auc_gap",
    "auc_fold_mean",
    "average_precision",
    "lift_at",
    "precision_at",
    "value_caught_at",
    "log_loss",
    "log_loss_ceiling",
    "log_loss_gap",
    "brier",
    "ece",
    "truth_mae",
    "mpc",
    "empc",
)
SLICE_COLUMNS = ("auc", "lift_at_10pct", "churn_rate", "predicted_rate", "ece", "log_loss")
SLICE_ORDER = ("as_of", "tier", "segment", "age_band", "region", "fold")
FIRST = ("key", "core", "small", "under 25")  # not in the order of the alphabet


def figures_table(metrics: pd.DataFrame, messages: dict[str, str]) -> dict[str, Any]:
    """Return the figures of all rows: a column for the model, with intervals, and one for each baseline."""
    overall = metrics[metrics["slice_by"] == "all"]
    found = {(line["model"], line["metric"]): line for line in overall.to_dict("records")}
    models = [MODEL, *sorted({model for model, _ in found} - {MODEL})]
    names = sorted({metric for model, metric in found if model == MODEL}, key=_place)
    lines = []
    for name in names:
        form, line = form_of(name), found[MODEL, name]
        others = [or_none(found.get((m, name), {}).get("value"), form, messages["none"]) for m in models[1:]]
        value = or_none(line["value"], form, messages["none"])
        lines.append({"label": label(name, messages), "value": value, "interval": _ends(line, form), "others": others})
    return {"models": [word(messages, "model", model) for model in models], "lines": lines}


def slices_tables(metrics: pd.DataFrame, messages: dict[str, str]) -> list[dict[str, Any]]:
    """Return one table for each way of slicing."""
    tables = []
    for slice_by in SLICE_ORDER:
        part = metrics[metrics["slice_by"] == slice_by]
        if len(part):
            values = sorted(part["slice"].unique(), key=_place_of_slice)
            lines = [_slice_line(value, part[part["slice"] == value], messages) for value in values]
            columns = [label(name, messages) for name in SLICE_COLUMNS]
            tables.append({"slice_by": word(messages, "slice", slice_by), "columns": columns, "lines": lines})
    return tables


def _place_of_slice(value: str) -> tuple[int, str]:
    return (FIRST.index(value) if value in FIRST else len(FIRST), value)


def _slice_line(value: str, rows: pd.DataFrame, messages: dict[str, str]) -> dict[str, Any]:
    found = {line["metric"]: line for line in rows.to_dict("records")}
    cells = [
        {
            "value": or_none(found.get(name, {}).get("value"), form_of(name), messages["none"]),
            "interval": _ends(found.get(name, {}), form_of(name)),
        }
        for name in SLICE_COLUMNS
    ]
    counts = rows.iloc[0]
    return {
        "name": word(messages, "value", value),
        "cells": cells,
        "rows": number(counts["rows"]),
        "churners": number(counts["churners"]),
    }


def _ends(line: Mapping[Any, Any], form: Format) -> str:
    low, high = or_none(line.get("low"), form, ""), or_none(line.get("high"), form, "")
    return f"{low} \u2013 {high}" if low and high else ""


def _kind(name: str) -> tuple[str, str]:
    """Return a figure's name without its share, and the share: lift_at_5pct is (lift_at, 5)."""
    head, _, share = name.rpartition("_")
    return (head, share.removesuffix("pct")) if share.endswith("pct") else (name, "")


def _place(name: str) -> tuple[int, float]:
    kind, share = _kind(name)
    return (ORDER.index(kind) if kind in ORDER else len(ORDER), float(share or 0))


def label(name: str, messages: dict[str, str]) -> str:
    """Return a figure's name in words."""
    kind, share = _kind(name)
    return word(messages, "metric", kind).format(share=f"{share}\u00a0%")


def form_of(name: str) -> Format:
    """Return how a figure is written."""
    kind, _ = _kind(name)
    kind = kind.removesuffix("_ceiling").removesuffix("_gap").removesuffix("_fold_mean")
    if kind in PERCENTS:
        return percent
    return decimals(DIGITS[kind]) if kind in DIGITS else number
