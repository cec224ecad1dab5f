"""The provinces: one page for all of them, and one for each."""

from __future__ import annotations

from savedesk.params.prioritise import PrioritiseParams
from savedesk.schemas.summaries import COUNTRY
from savedesk.stages.report import listed
from savedesk.stages.report.amounts import decimals, number, percent
from savedesk.stages.report.blocks import Block, Page, lines, page, pair, shown, table
from savedesk.stages.report.campaign import verdict_line
from savedesk.stages.report.country import (
    headline_tiles,
    money_chart,
    rate_chart,
    regions_table,
    types_chart,
    when_left,
)
from savedesk.stages.report.periods import Periods
from savedesk.stages.report.satisfaction import process_table
from savedesk.stages.report.summaries import Summaries
from savedesk.stages.report.wording import Wording


def provinces_page(summaries: Summaries, policy: PrioritiseParams, periods: Periods, wording: Wording) -> Page | None:
    """Return the page of the provinces with a page for each, or None where no region is known."""
    regions = summaries.regions
    if not regions:
        return None
    children = [
        _province(region, place, summaries, policy, periods, wording) for place, region in enumerate(regions, start=1)
    ]
    said = {"number": number(len(regions)), "first": wording.region(regions[0])}
    return page(
        wording,
        "province",
        wording.say("provinces_headline", **said),
        [regions_table(summaries, wording)],
        children=children,
        lede=wording.say("provinces_lede"),
    )


def _province(
    region: str, place: int, summaries: Summaries, policy: PrioritiseParams, periods: Periods, wording: Wording
) -> Page:
    campaign = summaries.row("campaigns", region=region, by="total")
    given = [
        headline_tiles(summaries, region, periods, wording),
        pair(rate_chart(summaries, [region, COUNTRY], wording), money_chart(summaries, region, wording)),
        reasons_table(summaries, region, wording),
        lines(wording.say("list_head"), [listed.in_one_line(listed.total(summaries, region), wording)]),
        pair(
            listed.groups(summaries, region, "tier", policy, wording),
            listed.groups(summaries, region, "action", policy, wording),
        ),
        process_table(summaries, region, COUNTRY, wording),
        types_chart(summaries, region, wording),
        lines(wording.say("page_campaign"), [verdict_line(campaign, wording)] if campaign else []),
    ]
    return {
        "id": region,
        "title": wording.region(region),
        "headline": _headline(region, place, summaries, wording),
        "lede": _lede(region, summaries, periods, wording),
        "blocks": shown(given),
    }


def _headline(region: str, place: int, summaries: Summaries, wording: Wording) -> str:
    now = summaries.now(region)
    money = wording.money_text(now["value_at_risk"] if now else None)
    return wording.say(
        "province_headline",
        region=wording.region(region),
        money=money,
        place=place,
        number=number(len(summaries.regions)),
    )


def _lede(region: str, summaries: Summaries, periods: Periods, wording: Wording) -> str:
    here, everybody = summaries.with_known_churn(region), summaries.with_known_churn()
    if not here or not everybody:
        return ""
    rates = {"rate": percent(here[-1]["churn_rate"]), "country": percent(everybody[-1]["churn_rate"])}
    return wording.say("province_lede", period=when_left(here[-1], periods, wording), **rates)


def reasons_table(summaries: Summaries, region: str, wording: Wording) -> Block:
    """Return a region's reasons by their share of its value at risk, beside the country's."""
    rows = sorted(summaries.rows("reason_shares", region=region, as_of=summaries.as_of), key=lambda row: -row["share"])
    everybody = {row["reason"]: row for row in summaries.rows("reason_shares", region=COUNTRY, as_of=summaries.as_of)}
    largest = rows[0]["share"] if rows else 0
    beside = region != COUNTRY
    columns = [
        (wording.say("reason"), False),
        (wording.say("share_at_risk"), True),
        *([(wording.say("country"), True)] if beside else []),
        (wording.say("candidates"), True),
        (wording.say("at_risk_in", currency=wording.currency), True),
    ]
    cells = [
        [
            wording.word("reason", row["reason"]),
            wording.percent(row["share"], bar=row["share"] / largest if largest else 0),
            *([wording.percent(everybody.get(row["reason"], {}).get("share"))] if beside else []),
            wording.number(row["candidates"]),
            wording.cell(row["value_at_risk"], decimals(0)),
        ]
        for row in rows
    ]
    note = wording.say(
        "reasons_note_here" if beside else "reasons_note",
        here=number(sum(row["candidates"] for row in rows)),
        whole=number(candidates(summaries)),
    )
    return table(wording.say("reasons_head"), columns, cells, note)


def candidates(summaries: Summaries) -> int:
    """Return how many subscribers of the country the reasons of the newest as_of are of."""
    rows = summaries.rows("reason_shares", region=COUNTRY, as_of=summaries.as_of)
    return sum(int(row["candidates"]) for row in rows)
