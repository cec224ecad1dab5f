"""Stage report: a page that works offline, and the model card. It counts and formats; other stages make the figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from savedesk.contracts import cohort, decisions, figures, model, pages, reasons, scores, source_facts, values
from savedesk.inputs import Inputs
from savedesk.params.cohort import CohortParams
from savedesk.params.language import Language
from savedesk.params.prioritise import PrioritiseParams
from savedesk.params.report import ReportParams
from savedesk.report import health, month
from savedesk.report.amounts import number, percent
from savedesk.report.charts import chart
from savedesk.report.interactive import TABLES, interactive_page
from savedesk.report.messages import CATALOGUE
from savedesk.report.model_card import model_card
from savedesk.report.model_figures import beside_baselines, fairness, figures_table, off_by_more, slices_tables
from savedesk.report.windows import windows_chart

READS = (
    *TABLES,
    figures.FAIRNESS,
    figures.PLOTS,
    decisions.TABLE,
    decisions.LIST,
    decisions.LIMITS,
    reasons.TABLE,
    scores.TABLE,
    values.TABLE,
    source_facts.FILE,
    source_facts.COUNTS,
    cohort.WINDOWS,
    model.SCHEMA,
    model.TRIALS,
    model.BASELINES,
)
WRITES = (pages.REPORT, pages.CHARTS, pages.MODEL_CARD)
SECTIONS = (ReportParams, Language, PrioritiseParams, CohortParams)
HERE = Path(__file__).parent
TEMPLATE, STYLE, CARD = "page.html.j2", "page.css", "model_card.md.j2"
OPTIONAL_FACTS = ("title", "origin", "licence", "extracted_on", "simulated")
CHARTS = ("calibration", "gains", "profit", "survival", "slices", "calibration_slices")


def run(inputs: Inputs) -> dict[str, Any]:
    """Return the page, the interactive charts and the model card."""
    language = inputs.section(Language).code
    messages, facts = CATALOGUE[language], inputs.json(source_facts.FILE)
    page = _render(_context(inputs, facts, language, messages))
    tables = {table.name: inputs.frame(table) for table in TABLES}
    charts = interactive_page(tables, str(facts.get("currency") or ""), messages)
    card = model_card(inputs, (HERE / CARD).read_text(encoding="utf-8"))
    return {
        pages.REPORT.name: page,
        pages.CHARTS.name: charts,
        pages.MODEL_CARD.name: card,
        "metrics": {"characters": len(page), "model_card_characters": len(card), "language": language},
    }


def _context(inputs: Inputs, facts: dict[str, Any], language: str, messages: dict[str, str]) -> dict[str, Any]:
    as_of, currency = month.newest(inputs), str(facts.get("currency") or "")
    unpriced = month.unpriced(inputs, as_of) if as_of else 0.0
    return {
        "t": messages,
        "facts": {**dict.fromkeys(OPTIONAL_FACTS), **facts},
        "as_of": as_of.isoformat() if as_of else messages["none"],
        "currency": currency,
        "unpriced": percent(unpriced) if unpriced else "",
        "list_empty": messages["list_unpriced" if unpriced == 1 else "list_empty"],
        "tiles": month.tiles(inputs, as_of, currency, messages) if as_of else [],
        "limits": month.limits(inputs, as_of, currency, messages) if as_of else [],
        "list": month.listed(inputs, currency, language, messages),
        "why": month.why(inputs, as_of, messages) if as_of else {"lines": [], "candidates": "0"},
        "model": _model(inputs, messages),
        "windows": windows_chart(inputs, messages),
        "health": health.tables(inputs),
        "lacks": health.lacks(inputs, facts, messages),
    }


def _model(inputs: Inputs, messages: dict[str, str]) -> dict[str, Any]:
    metrics = inputs.frame(figures.METRICS)
    drawn = [(name, chart(inputs.path(figures.PLOTS), name, messages[f"alt_{name}"])) for name in CHARTS]
    whole = metrics[metrics["slice_by"] == "all"]
    months = sorted(metrics.loc[metrics["slice_by"] == "as_of", "slice"].unique())
    return {
        "rows": number(whole["rows"].max()) if len(whole) else "0",
        "churners": number(whole["churners"].max()) if len(whole) else "0",
        "months": ", ".join(months),
        "figures": figures_table(metrics, messages),
        "beside": beside_baselines(metrics, messages) if len(whole) else [],
        "slices": slices_tables(metrics, messages),
        "off": off_by_more(metrics, messages),
        "fairness": fairness(inputs.frame(figures.FAIRNESS), messages),
        "charts": [{"name": messages[f"chart_{name}"], "svg": svg} for name, svg in drawn if svg],
    }


def _render(context: dict[str, Any]) -> str:
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = Markup((HERE / STYLE).read_text(encoding="utf-8"))  # noqa: S704 - our own style sheet
    return environment.get_template(TEMPLATE).render(style=style, **context)
