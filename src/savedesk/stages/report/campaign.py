"""The campaign read-out: what randomised contacts have kept, beside what was promised."""

from __future__ import annotations

from typing import Any

from savedesk.params.prioritise import PrioritiseParams
from savedesk.schemas.summaries import COUNTRY
from savedesk.schemas.values import TIERS
from savedesk.stages.report.amounts import number, percent
from savedesk.stages.report.blocks import Block, Page, chart, more, note, page, table, tile, tiles
from savedesk.stages.report.listed import named
from savedesk.stages.report.summaries import Row, Summaries
from savedesk.stages.report.wording import Wording, drawable, known

STEP = 36  # height of a line of the chart
ORDER = ("action", "tier", "reason", "campaign")
TONES = {"works": "good", "harms": "bad"}


def campaign_page(summaries: Summaries, policy: PrioritiseParams, wording: Wording) -> Page | None:
    """Return the page, or None where no randomised contact has a known outcome."""
    total = summaries.row("campaigns", region=COUNTRY, by="total")
    if total is None:
        return None
    groups = {by: _ordered(summaries.rows("campaigns", region=COUNTRY, by=by)) for by in ORDER}
    given: list[Block] = [_tiles(total, wording)]
    given.append(note(_truth(total, wording)))
    for by, rows in groups.items():
        if by != "campaign" or len(rows) > 1:
            given += [_kept(by, rows, policy, wording), _table(by, rows, policy, wording)]
    given.append(
        _table(
            "region",
            [row for region in summaries.regions for row in summaries.rows("campaigns", region=region, by="total")],
            policy,
            wording,
        )
    )
    return page(wording, "campaign", verdict_line(total, wording), given, lede=wording.say("campaign_lede"))


def _ordered(rows: list[Row]) -> list[Row]:
    """Return tiers from key to small; anything else as it comes."""
    return sorted(rows, key=lambda row: TIERS.index(row["group"]) if row["group"] in TIERS else 0)


def verdict_line(row: Row, wording: Wording) -> str:
    """Return the verdict on a group of contacts as a plain sentence."""
    kept, fewer = row["kept"], "fewer"
    if row["verdict"] == "not_shown" and known(kept) and kept < 0:
        kept, fewer = -kept, "more_left"
    return wording.say(
        f"verdict_line_{row['verdict']}",
        fewer=wording.say(fewer),
        treated=number(row["treated"]),
        control=number(row["control"]),
        kept=wording.written(kept, number),
        interval=wording.interval(row["kept_low"], row["kept_high"], number) or wording.say("none"),
        net=wording.money_text(row["net"]),
        promised=wording.written(row["promised_kept"], number),
    )


def _tiles(row: Row, wording: Wording) -> Block:
    net = (
        [
            tile(
                wording.say("net"),
                wording.money(row["net"]),
                wording.interval(row["net_low"], row["net_high"], number),
                wording.currency,
            )
        ]
        if known(row["net"])
        else []
    )
    return tiles(
        *net,
        tile(
            wording.say("kept"),
            wording.number(row["kept"]),
            wording.interval(row["kept_low"], row["kept_high"], number),
        ),
        tile(wording.say("promised"), wording.number(row["promised_kept"]), wording.say("promised_note")),
        tile(
            wording.say("treated_left"),
            wording.percent(row["treated_rate"]),
            wording.say("of_treated", number=number(row["treated"])),
        ),
        tile(
            wording.say("control_left"),
            wording.percent(row["control_rate"]),
            wording.say("of_control", number=number(row["control"])),
        ),
        tile(wording.say("cost"), wording.money(row["cost"]), wording.say("cost_note"), wording.currency),
    )


def _truth(row: Row, wording: Wording) -> str:
    if not known(row["true_kept"]):
        return ""
    inside = known(row["kept_low"]) and row["kept_low"] <= row["true_kept"] <= row["kept_high"]
    return wording.say(
        "truth_inside" if inside else "truth_outside",
        true=number(row["true_kept"]),
        money=wording.money_text(row["true_net"]),
    )


def _kept(by: str, rows: list[Row], policy: PrioritiseParams, wording: Wording) -> Block:
    drawn: list[dict[str, Any]] = []
    for row in rows:
        name = named(by, row["group"], policy, wording)
        for series, column in (("came", "kept"), ("was_promised", "promised_kept"), ("truth", "true_kept")):
            if known(row[column]):
                ends = (
                    {"low": drawable(row["kept_low"]), "high": drawable(row["kept_high"])} if column == "kept" else {}
                )
                drawn.append(
                    {
                        "group": name,
                        "series": wording.say(series),
                        "kept": drawable(row[column]),
                        "kept_t": number(row[column]),
                        **ends,
                    }
                )
    figures = [
        (_heading(by, wording), "group", False),
        (wording.say("series"), "series", False),
        (wording.say("kept"), "kept_t", True),
    ]
    height = STEP * len(rows)
    return chart("kept", wording.say(f"kept_head_{by}"), wording.say("kept_alt"), drawn, figures, height=height)


def _table(by: str, rows: list[Row], policy: PrioritiseParams, wording: Wording) -> Block:
    true = any(known(row["true_kept"]) for row in rows)
    columns = [
        (wording.say("province") if by == "region" else _heading(by, wording), False),
        (wording.heading("name_verdict"), False),
        *((wording.say(key), True) for key in ("treated", "control", "kept", "promised")),
        *([(wording.say("true_kept"), True)] if true else []),
        (wording.say("cost_in", currency=wording.currency), True),
        (wording.say("net_in", currency=wording.currency), True),
    ]
    cells = [_line(by, row, policy, wording, true=true) for row in rows]
    return more(wording.say(f"campaign_by_{by}"), [table("", columns, cells)], number(len(cells)))


def _heading(by: str, wording: Wording) -> str:
    return wording.heading("first_reason" if by == "reason" else f"name_{by}")


def _line(by: str, row: Row, policy: PrioritiseParams, wording: Wording, *, true: bool) -> list[Any]:
    name: Any = named(by, row["group"], policy, wording)
    if by == "region":
        name = {"t": wording.region(row["region"]), "to": ["province", row["region"]]}
    return [
        name,
        {"t": wording.word("verdict", row["verdict"]), "tag": TONES.get(str(row["verdict"]), "plain-tag")},
        wording.number(
            row["treated"], sub=wording.say("so_many_left", share=wording.written(row["treated_rate"], percent))
        ),
        wording.number(
            row["control"], sub=wording.say("so_many_left", share=wording.written(row["control_rate"], percent))
        ),
        wording.number(row["kept"], sub=wording.interval(row["kept_low"], row["kept_high"], number)),
        wording.number(row["promised_kept"]),
        *([wording.number(row["true_kept"])] if true else []),
        wording.money(row["cost"]),
        wording.money(row["net"], sub=wording.interval(row["net_low"], row["net_high"], number)),
    ]
