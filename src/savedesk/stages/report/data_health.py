"""Data health: rows accepted and in quarantine, what the source lacks, and what was seen when."""

from __future__ import annotations

from typing import Any

from savedesk.pipeline.inputs import Inputs
from savedesk.stages.report import health
from savedesk.stages.report.amounts import number, percent
from savedesk.stages.report.blocks import Page, lines, more, page, table
from savedesk.stages.report.windows import windows_chart
from savedesk.stages.report.wording import Wording

RAW = "raw:"  # what the name of a raw file begins with


def data_page(inputs: Inputs, facts: dict[str, Any], wording: Wording) -> tuple[Page, str]:
    """Return the page, and what it says in short."""
    tables = health.tables(inputs)
    away, total = (sum(line[name] for line in tables) for name in ("away", "rows"))
    short = wording.say("data_words" if away else "data_clean", away=number(away), rows=number(total))
    columns = [
        (wording.say("table"), False),
        (wording.say("accepted"), True),
        (wording.say("repaired"), True),
        (wording.say("quarantined"), True),
        (wording.say("touched"), True),
        (wording.say("rules"), False),
    ]
    rows = [
        [
            line["name"],
            {"t": line["accepted"], "v": line["rows"] - line["away"]},
            line["repaired"],
            {"t": line["quarantined"], "v": line["away"], "warn": bool(line["away"])},
            line["touched"],
            "; ".join(line["rules"]),
        ]
        for line in tables
    ]
    raw = [row for row in rows if _is_raw(row)]
    lost = [
        wording.say(
            "loss", table=loss["table"], subscribers=number(loss["subscribers"]), share=percent(loss["share"], 1)
        )
        for loss in facts.get("losses", [])
    ]
    given = [
        *([lines(wording.say("loss_head"), lost)] if lost else []),
        table(wording.say("health_caption"), columns, [row for row in rows if not _is_raw(row)]),
        more(wording.say("raw_files"), [table("", columns, raw)] if raw else [], number(len(raw))),
        lines(
            wording.say("lacks_head"), health.lacks(inputs, facts, wording.messages) or [wording.say("lacks_nothing")]
        ),
        windows_chart(inputs, wording),
    ]
    return page(wording, "data", short, given), short


def _is_raw(row: list[Any]) -> bool:
    return str(row[0]).startswith(RAW)
