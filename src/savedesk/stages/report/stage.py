"""Stage report: a file that works offline, and the model card. It looks up and words; other stages make the figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from savedesk.charts.style import PAGE, config
from savedesk.params.cohort import CohortParams
from savedesk.params.language import Language
from savedesk.params.prioritise import PrioritiseParams
from savedesk.params.report import ReportParams
from savedesk.params.value import ValueParams
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import cohort, decisions, figures, model, pages, source_facts, summaries, values
from savedesk.stages.report.amounts import percent
from savedesk.stages.report.blocks import Page
from savedesk.stages.report.campaign import campaign_page
from savedesk.stages.report.country import country_page
from savedesk.stages.report.data_health import data_page
from savedesk.stages.report.interactive import TABLES, interactive_page
from savedesk.stages.report.messages import CHARTS
from savedesk.stages.report.model_card import model_card
from savedesk.stages.report.model_health import model_page
from savedesk.stages.report.periods import Periods
from savedesk.stages.report.provinces import provinces_page
from savedesk.stages.report.satisfaction import satisfaction_page
from savedesk.stages.report.site import rendered
from savedesk.stages.report.specs import specs
from savedesk.stages.report.subscribers import subscribers_page
from savedesk.stages.report.summaries import Summaries, read
from savedesk.stages.report.why import why_page
from savedesk.stages.report.wording import Wording

READS = (
    summaries.CONTENTS,
    *summaries.TABLES,
    *TABLES,
    figures.FAIRNESS,
    decisions.LIST,
    decisions.LIMITS,
    values.TABLE,
    source_facts.FILE,
    source_facts.COUNTS,
    cohort.WINDOWS,
    model.SCHEMA,
    model.TRIALS,
    model.BASELINES,
)
WRITES = (pages.REPORT, pages.SHARED_REPORT, pages.CHARTS, pages.MODEL_CARD)
SECTIONS = (ReportParams, Language, PrioritiseParams, CohortParams, ValueParams)
CARD = Path(__file__).parent / "model_card.md.j2"
OPTIONAL_FACTS = ("title", "origin", "licence", "extracted_on", "simulated")
SUBSCRIBERS = "subscribers"  # the page with a card for each
OPTIONAL_PAGES = {
    "province": "months",
    "why": "reason_shares",
    "satisfaction": "satisfaction",
    "campaign": "campaigns",
    SUBSCRIBERS: "cards",
}


def run(inputs: Inputs) -> dict[str, Any]:
    """Return the report, the interactive charts and the model card."""
    facts = {**dict.fromkeys(OPTIONAL_FACTS), **inputs.json(source_facts.FILE)}
    wording = Wording(inputs.section(Language).code, str(facts.get("currency") or ""))
    summarised = read(inputs)
    shown_pages, cards = _pages(inputs, facts, summarised, wording)
    as_of = wording.day(summarised.as_of) if summarised.as_of is not None else wording.say("none")
    frame = {
        "facts": facts,
        "as_of": as_of,
        "pages": shown_pages,
        "banners": _banners(inputs, facts, summarised, wording),
        "dropped": _dropped(shown_pages, summarised, wording),
    }
    site = {"title": f"{facts['title'] or facts['name']}", "specs": specs(wording), "look": config(PAGE)}
    report = rendered(site | {"pages": shown_pages, "cards": cards}, frame, wording)
    of_nobody = [page for page in shown_pages if page["id"] != SUBSCRIBERS]
    shared = rendered(site | {"pages": of_nobody, "cards": {}}, frame | {"pages": of_nobody}, wording)
    tables = {table.name: inputs.frame(table) for table in TABLES}
    card = model_card(inputs, CARD.read_text(encoding="utf-8"))
    counts = {"pages": len(shown_pages), "regions": len(summarised.regions), "cards": len(cards.get("rows", []))}
    return {
        pages.REPORT.name: report,
        pages.SHARED_REPORT.name: shared,
        pages.CHARTS.name: interactive_page(tables, wording.currency, CHARTS.of(wording.code)),
        pages.MODEL_CARD.name: card,
        "metrics": {"characters": len(report), "model_card_characters": len(card), "language": wording.code, **counts},
    }


def _pages(
    inputs: Inputs, facts: dict[str, Any], summarised: Summaries, wording: Wording
) -> tuple[list[Page], dict[str, Any]]:
    policy, periods = inputs.section(PrioritiseParams), _periods(inputs, facts)
    model_health, said_of_model = model_page(inputs, wording)
    data_health, said_of_data = data_page(inputs, facts, wording)
    listed = inputs.table(decisions.LIST).select("subscriber_id", "receipt").to_pandas()
    receipts = dict(zip(listed["subscriber_id"], listed["receipt"], strict=True))
    subscribers, cards = subscribers_page(summarised, receipts, wording, show_ids=inputs.section(ReportParams).show_ids)
    every = [
        country_page(summarised, policy, periods, [*said_of_model, said_of_data], wording),
        provinces_page(summarised, policy, periods, wording),
        why_page(summarised, wording),
        satisfaction_page(summarised, wording),
        campaign_page(summarised, policy, wording),
        subscribers,
        model_health,
        data_health,
    ]
    return [page for page in every if page is not None], cards


def _periods(inputs: Inputs, facts: dict[str, Any]) -> Periods:
    windows, worth = inputs.section(CohortParams), inputs.section(ValueParams)
    counted = None if facts["kind"] == "snapshot" else windows.outcome_days
    return Periods(windows.lead_days, counted, worth.horizon_months)


def _dropped(shown_pages: list[Page], summarised: Summaries, wording: Wording) -> list[str]:
    """Return a line for each page that this source has nothing for."""
    there = {page["id"] for page in shown_pages}
    lines = []
    for name, table in OPTIONAL_PAGES.items():
        if name not in there:
            why = wording.word("lacks", summarised.lacks.get(table, "no_regions" if name == "province" else "no_rows"))
            lines.append(wording.say("dropped", page=wording.say(f"page_{name}"), why=why))
    return lines


def _banners(inputs: Inputs, facts: dict[str, Any], summarised: Summaries, wording: Wording) -> list[dict[str, Any]]:
    shown = []
    if facts["kind"] == "snapshot":
        shown.append(_banner("snapshot", wording, quiet=False))
    if facts["simulated"]:
        shown.append(_banner("simulated", wording))
    unpriced = _unpriced(inputs, summarised)
    if unpriced:
        shown.append(_banner("unpriced", wording, quiet=False, share=percent(unpriced)))
    return shown


def _banner(key: str, wording: Wording, *, quiet: bool = True, **given: str) -> dict[str, Any]:
    return {"head": wording.say(f"banner_{key}_head", **given), "text": wording.say(f"banner_{key}"), "quiet": quiet}


def _unpriced(inputs: Inputs, summarised: Summaries) -> float:
    """Return the share of the newest subscribers of whom no price is known."""
    table = inputs.table(values.TABLE)
    newest = table.filter(table.as_of == table.as_of.max()) if summarised.as_of is not None else table
    share = (newest.margin_source == values.UNPRICED).mean().execute()
    return 0.0 if share is None or pd.isna(share) else float(share)
