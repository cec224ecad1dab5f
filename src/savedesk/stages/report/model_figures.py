"""The model's figures as the tables of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from savedesk.locales.catalogue import Catalogue
from savedesk.metrics.declaration import Form, Place
from savedesk.metrics.registry import metric_of, parted, place_of, shown_in
from savedesk.schemas.scores import BASELINE_NAMES
from savedesk.stages.report.amounts import Format, decimals, money, number, or_none, percent, points
from savedesk.stages.report.wording import drawable

MODEL = "savedesk"
SLICE_ORDER = ("as_of", "tier", "segment", "churn_type", "age_band", "tenure_band", "gender", "region", "fold")
COUNTS = ("slices_judged", "slices_off", "slices_off_by_chance")  # said in a sentence
TENURES = ("under 6 months", "6-11 months", "12-23 months", "24-59 months", "60 months and over")
FIRST = ("key", "core", "small", "under 25", *TENURES)  # not in the order of the alphabet


def figures_table(metrics: pd.DataFrame, messages: Catalogue) -> dict[str, Any]:
    """Return the figures of all rows with their intervals: a column for the model, and one for each baseline."""
    by_metric = overall(metrics)
    models = [MODEL, *baselines(metrics)]
    names = sorted({name for _, name in by_metric if metric_of(name).is_shown(Place.PAGE)}, key=place_of)
    lines = []
    for name in names:
        cells = [_cell(by_metric.get((model, name), {}), form_of(name), messages) for model in models]
        lines.append({"label": label(name, messages), "cells": cells})
    return {"models": [messages.word("model", model) for model in models], "lines": lines}


Lines = dict[tuple[str, str], dict[Any, Any]]


def overall(metrics: pd.DataFrame) -> Lines:
    """Return the lines of all rows together by model and metric."""
    whole = metrics[metrics["slice_by"] == "all"]
    return {(line["model"], line["metric"]): line for line in whole.to_dict("records")}


def baselines(metrics: pd.DataFrame) -> list[str]:
    """Return the names of the baselines that were judged, in the order of the contract."""
    there = set(metrics["model"])
    return [name.replace("_", " ") for name in BASELINE_NAMES if name.replace("_", " ") in there]


def best_baseline(metrics: pd.DataFrame) -> str:
    """Return the baseline with the lowest log loss; an empty text where there is none."""
    by_metric = overall(metrics)
    known = [name for name in baselines(metrics) if (name, "log_loss") in by_metric]
    return min(known, key=lambda name: float(by_metric[name, "log_loss"]["value"]), default="")


def beside_baselines(metrics: pd.DataFrame, messages: Catalogue) -> list[str]:
    """Return in words how the model stands beside the best baseline, and which baselines were left out."""
    said, by_metric, best = [], overall(metrics), best_baseline(metrics)
    if best:
        shown = {"name": messages.word("model", best)}
        for metric in ("auc", "log_loss", "auc_ahead", "log_loss_ahead"):
            cell = _cell(by_metric.get((best, metric), {}), form_of(metric), messages)
            shown |= {metric: cell["value"], f"{metric}_interval": cell["interval"] or messages["none"]}
        said.append(messages.say("best_baseline", **shown))
    there = set(baselines(metrics))
    lacking = [
        messages.word("model", name.replace("_", " ")) for name in BASELINE_NAMES if name.replace("_", " ") not in there
    ]
    return [*said, *([messages.say("baselines_left_out", names=messages["comma"].join(lacking))] if lacking else [])]


def figure_in_words(by_metric: Lines, model: str, name: str, messages: Catalogue) -> str:
    """Return a figure's name, value and interval as one text."""
    cell = _cell(by_metric.get((model, name), {}), form_of(name), messages)
    return f"{label(name, messages)} {cell['value']}" + (f" ({cell['interval']})" if cell["interval"] else "")


def off_by_more(metrics: pd.DataFrame, messages: Catalogue) -> dict[str, Any]:
    """Return which groups' churn is off by more than its interval, most first, and how many would be by chance."""
    by_metric = overall(metrics)
    counts = {name: by_metric[MODEL, name]["value"] for name in COUNTS if (MODEL, name) in by_metric}
    if len(counts) < len(COUNTS) or not counts["slices_judged"]:
        return {"note": "", "lines": []}
    texts = {name: decimals(1 if name.endswith("chance") else 0)(float(value)) for name, value in counts.items()}
    gaps = metrics[(metrics["metric"] == "calibration_gap") & ~metrics["slice_by"].isin(["all", "fold"])]
    gaps = gaps[(gaps["low"] > 0) | (gaps["high"] < 0)].sort_values("value", key=np.abs, ascending=False, kind="stable")
    lines = [_off(line, metrics, messages) for line in gaps.to_dict("records")]
    return {"note": messages.say("off_note", **texts), "lines": lines}


def common_bias(metrics: pd.DataFrame, messages: Catalogue) -> dict[str, Any]:
    """Return predicted and observed churn of all judged rows, and in how many of their dates the gap has that sign.

    ``is_off``: the interval of the gap does not hold 0. Empty where the gap is not known.
    """
    by_metric = overall(metrics)
    gap = by_metric.get((MODEL, "calibration_gap"), {})
    if or_none(gap.get("low"), points, "") == "":
        return {}
    dates = metrics[(metrics["slice_by"] == "as_of") & (metrics["metric"] == "calibration_gap")]["value"].dropna()
    rates = {name: by_metric[MODEL, name]["value"] for name in ("predicted_rate", "churn_rate")}
    return {
        "predicted": percent(rates["predicted_rate"]),
        "left": percent(rates["churn_rate"]),
        **_shown_gap(gap, messages),
        "is_off": gap["low"] > 0 or gap["high"] < 0,
        "dates": len(dates),
        "dates_off": int((np.sign(dates) == np.sign(gap["value"])).sum()),
    }


def coverage(by_metric: Lines) -> dict[str, str]:
    """Return how often the interval of a probability holds the churn rate, and should; empty where it is not known."""
    if (MODEL, "interval_coverage") not in by_metric:
        return {}
    share, level, groups = (
        float(by_metric[MODEL, f"interval_{name}"]["value"]) for name in ("coverage", "level", "groups")
    )
    return {"share": percent(share, 0), "level": percent(level, 0), "groups": number(groups)}


def promised_and_made(by_metric: Lines, currency: str) -> dict[str, str]:
    """Return what the list promised, made by the outcomes, and is truly worth; empty where there was no list."""
    of = {"promised": "promised_gain", "made": "profit_at_capacity", "true": "true_profit_at_capacity"}
    amounts = {name: _amount(by_metric.get((MODEL, metric), {}), currency) for name, metric in of.items()}
    return amounts if amounts["promised"] and amounts["made"] else {}


def _amount(line: Mapping[Any, Any], currency: str) -> str:
    value, ends = or_none(line.get("value"), lambda amount: money(amount, currency), ""), _ends(line, number)
    return f"{value} ({ends})" if value and ends else value


def _shown_gap(gap: Mapping[Any, Any], messages: Catalogue) -> dict[str, str]:
    return {"gap": or_none(gap.get("value"), points, messages["none"]), "interval": _ends(gap, points)}


def _off(line: Mapping[Any, Any], metrics: pd.DataFrame, messages: Catalogue) -> str:
    here = metrics[(metrics["slice_by"] == line["slice_by"]) & (metrics["slice"] == line["slice"])]
    rates = {row["metric"]: percent(row["value"]) for row in here.to_dict("records") if row["metric"].endswith("_rate")}
    name = {
        "slice_by": messages.word("name", line["slice_by"]),
        "slice": slice_name(line["slice_by"], line["slice"], messages),
    }
    return messages.say("off_line", **name, **rates, gap=points(line["value"]), interval=_ends(line, points))


def fairness(table: pd.DataFrame, messages: Catalogue) -> list[str]:
    """Return in words, for each way of grouping and figure, how far groups lie apart."""
    return [_fair(line, messages) for line in table.to_dict("records")]


def _fair(line: Mapping[Any, Any], messages: Catalogue) -> str:
    form = form_of(line["metric"])
    texts = {name: slice_name(line["slice_by"], line[name], messages) for name in ("lowest_slice", "highest_slice")}
    texts |= {name: form(line[name]) for name in ("lowest", "highest")}
    texts |= {name: number(line[name]) for name in ("slices", "slices_off")}
    by, chance = messages.word("name", line["slice_by"]), decimals(1)(line["slices_off_by_chance"])
    metric = label(line["metric"], messages)
    return messages.say("fairness_line", slice_by=by, metric=metric, slices_off_by_chance=chance, **texts)


def _cell(line: Mapping[Any, Any], form: Format, messages: Catalogue) -> dict[str, Any]:
    value = line.get("value")
    return {"value": or_none(value, form, messages["none"]), "number": drawable(value), "interval": _ends(line, form)}


def slices_tables(metrics: pd.DataFrame, messages: Catalogue) -> list[dict[str, Any]]:
    """Return one table for each way of slicing."""
    tables = []
    for slice_by in SLICE_ORDER:
        part = metrics[metrics["slice_by"] == slice_by]
        if len(part):
            values = sorted(part["slice"].unique(), key=_place_of_slice)
            lines = [_slice_line(value, part[part["slice"] == value], messages) for value in values]
            columns = [label(metric.standing_name, messages) for metric in shown_in(Place.SLICES)]
            tables.append({"slice_by": messages.word("name", slice_by), "columns": columns, "lines": lines})
    return tables


def slice_name(slice_by: object, value: object, messages: Catalogue) -> str:
    """Return a group in words."""
    return messages.word("region" if slice_by == "region" else "value", str(value))


def _place_of_slice(value: str) -> tuple[int, str]:
    return (FIRST.index(value) if value in FIRST else len(FIRST), value)


def _slice_line(value: str, rows: pd.DataFrame, messages: Catalogue) -> dict[str, Any]:
    by_metric = {line["metric"]: line for line in rows.to_dict("records")}
    names = [metric.standing_name for metric in shown_in(Place.SLICES)]
    cells = [_cell(by_metric.get(name, {}), form_of(name), messages) for name in names]
    counts = rows.iloc[0]
    return {
        "name": slice_name(counts["slice_by"], value, messages),
        "cells": cells,
        "rows": number(counts["rows"]),
        "churners": number(counts["churners"]),
    }


def _ends(line: Mapping[Any, Any], form: Format) -> str:
    low, high = or_none(line.get("low"), form, ""), or_none(line.get("high"), form, "")
    return f"{low} \u2013 {high}" if low and high else ""


def label(name: str, messages: Catalogue) -> str:
    """Return a figure's name in words."""
    kind, share = parted(name)
    return messages.word("metric", kind).format(share=f"{share}\u00a0%")


def form_of(name: str) -> Format:
    """Return how a figure is written."""
    metric = metric_of(name)
    if metric.form == Form.NUMBER:
        return decimals(metric.digits) if metric.digits else number
    return percent if metric.form == Form.PERCENT else points
