"""Satisfaction and loyalty: which process is weak where it matters, and who stays by choice."""

from __future__ import annotations

from typing import Any

from savedesk.schemas.summaries import COUNTRY, QUADRANTS
from savedesk.stages.report.amounts import decimals, number, percent
from savedesk.stages.report.blocks import Block, Page, chart, more, note, page, table
from savedesk.stages.report.summaries import Row, Summaries
from savedesk.stages.report.wording import Wording, drawable, known

TONES = {"fix_now": "bad", "keep_up": "good"}
SCORE, IMPORTANCE = decimals(1), decimals(2)


def satisfaction_page(summaries: Summaries, wording: Wording) -> Page | None:
    """Return the page, or None where neither an answer nor a loyalty type is known."""
    rows = newest(summaries, COUNTRY, COUNTRY)
    if not rows and not summaries.rows("loyalty_counts", region=COUNTRY):
        return None
    lacks = (
        ""
        if rows
        else wording.say("no_answers", why=wording.word("lacks", summaries.lacks.get("satisfaction", "no_surveys")))
    )
    given = [
        note(lacks),
        _matrix(rows, wording),
        _quadrants(rows, wording),
        process_table(summaries, COUNTRY, COUNTRY, wording),
        _weak_regions(summaries, wording),
        *_segments(summaries, wording),
        loyalty_table(summaries, COUNTRY, wording),
        _loyalty_regions(summaries, wording),
    ]
    return page(wording, "satisfaction", _headline(rows, wording), given, lede=_lede(summaries, wording))


def newest(summaries: Summaries, region: str, segment: str) -> list[Row]:
    """Return the processes of a region and segment in the newest period."""
    rows = summaries.rows("satisfaction", region=region, segment=segment)
    last = max((str(row["period_end"]) for row in rows), default="")
    return [row for row in rows if str(row["period_end"]) == last]


def _headline(rows: list[Row], wording: Wording) -> str:
    weak = [row for row in rows if row["quadrant"] == "fix_now"]
    if weak:
        worst = max(weak, key=lambda row: (row["importance_low"] > 0, row["performance_line"] - row["performance"]))
        said = {
            "process": wording.within(wording.word("process", worst["process"])),
            "score": SCORE(worst["performance"]),
        }
        return wording.say("satisfaction_clear" if worst["importance_low"] > 0 else "satisfaction_perhaps", **said)
    return wording.say("satisfaction_calm" if rows else "loyalty_headline")


def _lede(summaries: Summaries, wording: Wording) -> str:
    kinds = sorted(
        summaries.rows("loyalty_counts", region=COUNTRY, segment=COUNTRY), key=lambda row: -row["subscribers"]
    )
    if not kinds:
        return ""
    return wording.say(
        "loyalty_lede", kind=wording.word("loyalty", kinds[0]["loyalty_type"]), share=percent(kinds[0]["share"], 0)
    )


def _matrix(rows: list[Row], wording: Wording) -> Block:
    placed = [row for row in rows if known(row["importance"])]
    drawn = [_point(row, wording) for row in placed]
    figures = [
        ("process", "process", False),
        ("performance", "performance_t", True),
        ("importance", "importance_t", True),
        ("quadrant", "quadrant", False),
    ]
    return chart(
        "matrix",
        wording.say("matrix_head"),
        wording.say("matrix_alt"),
        drawn,
        [(wording.say(key), field, is_figure) for key, field, is_figure in figures],
        note=wording.say("matrix_note"),
    )


def _point(row: Row, wording: Wording) -> dict[str, Any]:
    names = (
        "performance",
        "performance_low",
        "performance_high",
        "importance",
        "importance_low",
        "importance_high",
        "performance_line",
        "importance_line",
    )
    return {
        "process": wording.word("process", row["process"]),
        "quadrant": wording.word("quadrant", row["quadrant"]),
        **{name: drawable(row[name]) for name in names},
        "performance_t": SCORE(row["performance"]),
        "importance_t": IMPORTANCE(row["importance"]),
    }


def _quadrants(rows: list[Row], wording: Wording) -> Block:
    if not any(known(row["quadrant"]) for row in rows):
        return {}
    cells = []
    for code in QUADRANTS:
        names = [wording.word("process", row["process"]) for row in rows if row["quadrant"] == code]
        text = wording.say("comma").join(names) if names else wording.say("nothing_here")
        cells.append({"code": code, "name": wording.word("quadrant", code), "text": text})
    return {"kind": "quadrants", "cells": cells}


def process_table(summaries: Summaries, region: str, segment: str, wording: Wording) -> Block:
    """Return the processes of a region and segment with their figures, the one to fix first."""
    rows = newest(summaries, region, segment)
    rows.sort(key=lambda row: (row["quadrant"] != "fix_now", -row["importance"] if known(row["importance"]) else 9.0))
    columns = [
        (wording.say(key), key not in ("process", "quadrant"))
        for key in ("process", "quadrant", "performance", "lead", "importance", "answers")
    ]
    return table(
        wording.say("process_head"), columns, [_process(row, wording) for row in rows], wording.say("process_note")
    )


def _process(row: Row, wording: Wording) -> list[Any]:
    quadrant = (
        {"t": wording.word("quadrant", row["quadrant"]), "tag": TONES.get(str(row["quadrant"]), "plain-tag")}
        if known(row["quadrant"])
        else wording.say("cannot_be_told")
    )
    return [
        wording.word("process", row["process"]),
        quadrant,
        wording.cell(
            row["performance"], SCORE, sub=wording.interval(row["performance_low"], row["performance_high"], SCORE)
        ),
        wording.cell(row["lead"], lambda lead: SCORE(lead) if lead < 0 else f"+{SCORE(lead)}"),
        wording.cell(
            row["importance"],
            IMPORTANCE,
            sub=wording.interval(row["importance_low"], row["importance_high"], IMPORTANCE),
        ),
        wording.number(row["answers"]),
    ]


def _weak_regions(summaries: Summaries, wording: Wording) -> Block:
    """Return for each province which processes are to fix now, apart from those that chance may put there."""
    everybody = {row["process"]: row for row in newest(summaries, COUNTRY, COUNTRY)}
    cells = [_weak_region(region, summaries, everybody, wording) for region in summaries.regions if everybody]
    columns = [(wording.say(key), False) for key in ("province", "fix_here", "fix_perhaps")]
    columns.append((wording.say("answers_each"), True))
    return table(wording.say("weak_regions_head"), columns, cells, wording.say("weak_regions_note"))


def _weak_region(region: str, summaries: Summaries, everybody: dict[Any, Row], wording: Wording) -> list[Any]:
    rows = newest(summaries, region, COUNTRY)
    weak = sorted((row for row in rows if row["quadrant"] == "fix_now"), key=lambda row: row["performance"])
    clear = [row for row in weak if row["performance_high"] < row["performance_line"]]
    perhaps = [
        row
        for row in weak
        if row["performance_high"] >= row["performance_line"]
        and row["process"] in everybody
        and row["performance"] < everybody[row["process"]]["performance"]
    ]
    has_quadrants = any(known(row["quadrant"]) for row in rows)
    nothing = wording.say("nothing_here" if has_quadrants else "cannot_be_told")
    answers = sorted(row["answers"] for row in rows)
    return [
        {"t": wording.region(region), "to": ["province", region]},
        _with_scores(clear, wording) or nothing,
        {"t": _with_scores(perhaps, wording) or nothing, "muted": True},
        wording.interval(answers[0], answers[-1], number) if answers else number(0),
    ]


def _with_scores(rows: list[Row], wording: Wording) -> str:
    said = [f"{wording.word('process', row['process'])} {SCORE(row['performance'])}" for row in rows]
    return wording.say("comma").join(said)


def _segments(summaries: Summaries, wording: Wording) -> list[Block]:
    frame = summaries.frames["satisfaction"]
    names = [str(name) for name in frame["segment"].unique() if name != COUNTRY]
    return [
        more(
            wording.say("segment_processes", segment=wording.word("value", name)),
            [process_table(summaries, COUNTRY, name, wording)],
        )
        for name in names
    ]


def loyalty_table(summaries: Summaries, region: str, wording: Wording) -> Block:
    """Return the loyalty types of a region: how many, and how likely they leave."""
    rows = sorted(summaries.rows("loyalty_counts", region=region, segment=COUNTRY), key=lambda row: -row["share"])
    largest = rows[0]["share"] if rows else 0
    columns = [
        (wording.say("loyalty_type"), False),
        (wording.say("stays"), False),
        (wording.say("share_of_subscribers"), True),
        (wording.heading("name_subscribers"), True),
        (wording.say("expected_to_leave"), True),
        (wording.say("at_risk_in", currency=wording.currency), True),
    ]
    cells = [
        [
            {
                "t": wording.word("loyalty", row["loyalty_type"]),
                "sub": wording.say(f"loyalty_means_{row['loyalty_type']}"),
            },
            {"t": _choice(row, wording), "tag": "good" if row["by_choice"] else "plain-tag"},
            wording.percent(row["share"], bar=row["share"] / largest if largest else 0),
            wording.number(row["subscribers"]),
            wording.percent(row["predicted_rate"]),
            wording.money(row["value_at_risk"]),
        ]
        for row in rows
    ]
    return table(wording.say("loyalty_head"), columns, cells, wording.say("loyalty_note"))


def _choice(row: Row, wording: Wording) -> str:
    if row["loyalty_type"] == "none":
        return wording.say("not_loyal")
    return wording.say("by_choice" if row["by_choice"] else "by_want")


def _loyalty_regions(summaries: Summaries, wording: Wording) -> Block:
    kinds = [
        str(row["loyalty_type"])
        for row in sorted(
            summaries.rows("loyalty_counts", region=COUNTRY, segment=COUNTRY), key=lambda row: -row["share"]
        )
    ]
    cells: list[list[Any]] = []
    for region in summaries.regions:
        shares = {
            row["loyalty_type"]: row["share"]
            for row in summaries.rows("loyalty_counts", region=region, segment=COUNTRY)
        }
        cells.append(
            [
                {"t": wording.region(region), "to": ["province", region]},
                *(wording.percent(shares.get(kind)) for kind in kinds),
            ]
        )
    columns = [(wording.say("province"), False), *((wording.word("loyalty", kind), True) for kind in kinds)]
    return more(wording.say("loyalty_regions"), [table("", columns, cells)] if cells else [], number(len(cells)))
