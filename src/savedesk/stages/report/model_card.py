"""The model card (Mitchell et al. 2019, "Model cards for model reporting", FAT*): what the model is good for, or not.

Every number in it comes from another stage. In English, whatever the language of the page.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
from jinja2 import Environment, StrictUndefined

from savedesk.errors import printable
from savedesk.locales.catalogue import ENGLISH, Catalogue
from savedesk.metrics.declaration import Place
from savedesk.metrics.registry import shown_in
from savedesk.params.cohort import CohortParams
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import cohort, figures, model, source_facts
from savedesk.stages.report import health
from savedesk.stages.report.amounts import decimals, number, percent
from savedesk.stages.report.messages import messages_in
from savedesk.stages.report.model_figures import (
    MODEL,
    beside_baselines,
    common_bias,
    coverage,
    figure_in_words,
    figures_table,
    off_by_more,
    overall,
    promised_and_made,
    slices_tables,
)

NAMED_OFF = 5  # groups that are off by most, named above the tables
OPTIONAL_FACTS = ("title", "origin", "licence", "extracted_on", "simulated")


def model_card(inputs: Inputs, template: str) -> str:
    """Return the card as Markdown.

    Args:
        inputs: of the stage.
        template: the card's own.
    """
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - no HTML
    environment.filters |= {"plain": plain, "whole": number, "share": percent, "weight": decimals(2)}
    card = environment.from_string(template).render(**_context(inputs))
    return printable(re.sub(r"\n{3,}", "\n\n", card).strip()) + "\n"


def plain(text: object) -> str:
    """Return a text from the data so that Markdown takes it for text."""
    return re.sub(r"([\\`*\[\]<>|#])", r"\\\1", " ".join(str(text).split()))


def _context(inputs: Inputs) -> dict[str, Any]:
    facts, described = inputs.json(source_facts.FILE), inputs.json(model.SCHEMA)
    metrics, trials = inputs.frame(figures.METRICS), inputs.frame(model.TRIALS)
    windows, by_metric = inputs.frame(cohort.WINDOWS), overall(metrics)
    left_out = inputs.json(model.BASELINES)["left_out"]
    on_card = [metric.standing_name for metric in shown_in(Place.CARD)]
    shares, english = described["type_shares"].items(), messages_in(ENGLISH)
    return {
        "facts": {**dict.fromkeys(OPTIONAL_FACTS), **facts},
        "snapshot": facts["kind"] == "snapshot",
        "lacks": health.lacks(inputs, facts, english),
        "cohort": inputs.section(CohortParams),
        "model": described,
        "columns": described["columns"],
        "types": [(english.word("value", name), percent(share)) for name, share in shares if share > 0],
        "windows": [_window(line, english) for line in windows.to_dict("records")],
        "tested": sorted(metrics.loc[metrics["slice_by"] == "as_of", "slice"].unique()),
        "folds": _folds(trials),
        "tried": list(dict.fromkeys(trials.loc[trials["weight"] == 0, "trial"])),
        "calibration": described["calibrator"]["method"],
        "judged": _tested_rows(by_metric),
        "headline": ", ".join(
            figure_in_words(by_metric, MODEL, metric.standing_name, english) for metric in shown_in(Place.CARD_FIRST)
        ),
        "beside": beside_baselines(metrics, english),
        "figures": figures_table(metrics[metrics["metric"].isin(on_card)], english),
        "bias": common_bias(metrics, english),
        "covered": coverage(by_metric),
        "money": promised_and_made(by_metric, str(facts.get("currency") or "")),
        "named": NAMED_OFF,
        "off": off_by_more(metrics, english),
        "slices": [_with_figures(table, english["none"]) for table in slices_tables(metrics, english)],
        "baselines_left_out": [(english.word("model", name.replace("_", " ")), why) for name, why in left_out.items()],
    }


def _tested_rows(by_metric: dict[tuple[str, str], dict[Any, Any]]) -> dict[str, str]:
    """Return the rows and churners behind the figures; empty where there are none."""
    line = by_metric.get((MODEL, "log_loss"))
    return {name: number(line[name]) for name in ("rows", "churners")} if line else {}


def _with_figures(table: dict[str, Any], none: str) -> dict[str, Any]:
    """Return a table of slices without those that have no figures, and how many these are."""
    lines = [line for line in table["lines"] if any(cell["value"] != none for cell in line["cells"])]
    return {**table, "lines": lines, "too_small": len(table["lines"]) - len(lines)}


def _folds(trials: pd.DataFrame) -> list[dict[str, str]]:
    lines = trials.drop_duplicates("fold").sort_values("fold").to_dict("records")
    return [
        {
            "number": number(line["fold"]),
            "learnt": number(line["train_rows"]),
            "judged": number(line["validation_rows"]),
        }
        for line in lines
    ]


def _window(line: dict[Any, Any], english: Catalogue) -> dict[str, str]:
    known = line["label_known_on"]
    fold = "" if pd.isna(line["fold"]) else english.say("windows_fold", number=float(line["fold"]))
    return {
        "as_of": f"{pd.Timestamp(line['as_of']):%Y-%m-%d}",
        "role": english[f"role_{line['role']}"] + fold,
        "rows": number(line["rows"]),
        "churners": "-" if pd.isna(line["churners"]) else number(line["churners"]),
        "known": "-" if pd.isna(known) else f"{pd.Timestamp(known):%Y-%m-%d}",
    }
