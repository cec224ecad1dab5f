"""The country: what is at risk, how many left, this month's list, and the provinces in order."""

from __future__ import annotations

from typing import Any

from savedesk.params.prioritise import PrioritiseParams
from savedesk.schemas.labels import CHURN_TYPES
from savedesk.schemas.summaries import COUNTRY
from savedesk.stages.report import listed
from savedesk.stages.report.amounts import number, percent
from savedesk.stages.report.blocks import Block, Page, chart, lines, over_months, page, pair, stack, table, tile, tiles
from savedesk.stages.report.periods import Periods
from savedesk.stages.report.summaries import Row, Summaries
from savedesk.stages.report.wording import Wording, drawable, known, month_of

MOST_REGIONS = 8  # named on the page of the country; the page of the provinces has all


def country_page(
    summaries: Summaries, policy: PrioritiseParams, periods: Periods, health: list[str], wording: Wording
) -> Page:
    """Return the page of the whole country.

    Args:
        summaries: summaries of the run.
        policy: section ``prioritise``, for the words of its actions.
        periods: within what time they leave.
        health: what the pages on the model and the data say, in a sentence each.
        wording: language and currency.
    """
    limits_said, limits_table = listed.limits(summaries, policy, wording)
    given = [
        headline_tiles(summaries, COUNTRY, periods, wording),
        pair(rate_chart(summaries, [COUNTRY], wording), money_chart(summaries, COUNTRY, wording)),
        types_chart(summaries, COUNTRY, wording),
        lines(wording.say("list_head"), [listed.in_one_line(listed.total(summaries), wording)]),
        pair(
            stack(listed.groups(summaries, COUNTRY, "tier", policy, wording), limits_said, limits_table),
            listed.groups(summaries, COUNTRY, "action", policy, wording),
        ),
        listed.capacity(summaries, wording),
        regions_table(summaries, wording, MOST_REGIONS),
        lines(wording.say("health_short"), health),
    ]
    return page(wording, "country", _headline(summaries, wording), given, lede=_lede(summaries, periods, wording))


def _headline(summaries: Summaries, wording: Wording) -> str:
    now, regions = summaries.now(), summaries.regions
    if now is None:
        return wording.say("nothing_scored")
    if not known(now["value_at_risk"]) or not now["value_at_risk"]:
        return wording.say(
            "headline_unvalued",
            subscribers=number(now["subscribers"]),
            share=wording.written(now["predicted_rate"], percent),
        )
    said = {"money": wording.money_text(now["value_at_risk"]), "share": wording.written(now["predicted_rate"], percent)}
    if regions:
        return wording.say("headline_most", region=wording.region(regions[0]), **said)
    return wording.say("headline", **said)


def _lede(summaries: Summaries, periods: Periods, wording: Wording) -> str:
    """Return within what time they are expected to leave, and how many left at the last count."""
    ahead = periods.outcome(summaries.as_of, wording) if summaries.now() else ""
    said = [wording.say("expected_when", period=ahead) if ahead else "", _last_count(summaries, periods, wording)]
    return wording.joined(said)


def _last_count(summaries: Summaries, periods: Periods, wording: Wording) -> str:
    """Return how many left at the last count, beside the count before."""
    known_months = summaries.with_known_churn()
    if not known_months:
        return ""
    last = {"rate": percent(known_months[-1]["churn_rate"]), "period": when_left(known_months[-1], periods, wording)}
    if len(known_months) == 1:
        return wording.say("left_once", **last)
    before = known_months[-2]["churn_rate"]
    moved = "up" if known_months[-1]["churn_rate"] > before else "down"
    same = last["rate"] == percent(before)
    return wording.say("left_same" if same else f"left_{moved}", before=percent(before), **last)


def when_left(row: Row, periods: Periods, wording: Wording) -> str:
    """Return in words when those left whom a row of ``months`` counts, to follow a figure; empty for a snapshot."""
    when = periods.outcome(row["as_of"], wording)
    return wording.say("when", period=when) if when else ""


def headline_tiles(summaries: Summaries, region: str, periods: Periods, wording: Wording) -> Block:
    """Return the figures of a region now, money first."""
    now, total, known_months = (
        summaries.now(region),
        listed.total(summaries, region),
        summaries.with_known_churn(region),
    )
    if now is None:
        return {}
    figures = [
        tile(
            wording.heading("name_value_at_risk"),
            wording.money(now["value_at_risk"]),
            wording.say("at_risk_note", months=number(periods.horizon_months)),
            wording.currency,
        )
    ]
    if total:
        note = wording.say(
            "gain_note",
            low=wording.written(total["gain_low"], number),
            high=wording.written(total["gain_high"], number),
        )
        figures.append(tile(wording.say("gain"), wording.money(total["expected_gain"]), note, wording.currency))
        note = wording.say(
            "contacts_note", hold_out=number(total["hold_out"]), cost=wording.money_text(total["expected_cost"])
        )
        figures.append(tile(wording.say("on_the_list"), wording.number(total["contacts"]), note))
    share = wording.percent(now["predicted_rate"])
    figures.append(
        tile(
            wording.say("expected_to_leave"),
            share,
            wording.say("of_scored", number=number(now["subscribers"]), period=when_left(now, periods, wording)),
        )
    )
    if known_months:
        last = known_months[-1]
        interval = wording.interval(last["churn_rate_low"], last["churn_rate_high"], percent)
        figures.append(
            tile(
                wording.say("left"),
                wording.percent(last["churn_rate"]),
                interval + when_left(last, periods, wording),
            )
        )
    return tiles(*figures)


def rate_chart(summaries: Summaries, regions: list[str], wording: Wording) -> Block:
    """Return churn by as_of, known and predicted: of the country, or of a region beside it."""
    rows: list[dict[str, Any]] = []
    for region in regions:
        alone = len(regions) == 1
        name = wording.say("left") if alone else wording.region(region)
        rows += [_rate_row(row, "churn_rate", name, wording) | _ends(row) for row in summaries.with_known_churn(region)]
    scored = [row for row in summaries.rows("months", region=regions[0]) if known(row["predicted_rate"])]
    rows += [_rate_row(row, "predicted_rate", wording.say("predicted"), wording) for row in scored]
    return chart(
        "churn_rate",
        wording.say("rate_head"),
        wording.say("rate_alt"),
        over_months(rows) if len({row["when"] for row in rows}) > 1 else [],
        [
            (wording.say("as_of"), "when", False),
            (wording.say("series"), "series", False),
            (wording.say("churn_rate"), "rate_t", True),
        ],
    )


def _rate_row(row: Row, column: str, name: str, wording: Wording) -> dict[str, Any]:
    return {
        "when": month_of(row["as_of"]),
        "series": name,
        "rate": drawable(row[column]),
        "rate_t": wording.written(row[column], percent),
    }


def _ends(row: Row) -> dict[str, Any]:
    return {"low": drawable(row["churn_rate_low"]), "high": drawable(row["churn_rate_high"])}


def money_chart(summaries: Summaries, region: str, wording: Wording) -> Block:
    """Return value at risk and value lost by as_of."""
    rows = [
        {
            "when": month_of(row["as_of"]),
            "series": wording.heading(f"name_{key}"),
            "money": drawable(row[key]),
            "money_t": wording.money_text(row[key]),
        }
        for row in summaries.rows("months", region=region)
        for key in ("value_at_risk", "value_lost")
        if known(row[key])
    ]
    figures = [
        (wording.say("as_of"), "when", False),
        (wording.say("series"), "series", False),
        (wording.say("money"), "money_t", True),
    ]
    return chart(
        "money_by_month",
        wording.say("money_head"),
        wording.say("money_alt"),
        over_months(rows) if len({row["when"] for row in rows}) > 1 else [],
        figures,
    )


def types_chart(summaries: Summaries, region: str, wording: Wording) -> Block:
    """Return those who left by as_of and type of churn; a type by which nobody left is absent, not 0: it may be off."""
    known_months = summaries.with_known_churn(region)
    seen = [kind for kind in CHURN_TYPES if any(known(row[kind]) and row[kind] for row in known_months)]
    rows = [
        {
            "when": month_of(row["as_of"]),
            "type": wording.word("value", kind),
            "place": place,
            "churners": drawable(row[kind]),
            "churners_t": number(row[kind]),
        }
        for row in known_months
        for place, kind in enumerate(CHURN_TYPES)
        if kind in seen and known(row[kind])
    ]
    figures = [
        (wording.say("as_of"), "when", False),
        (wording.heading("name_churn_type"), "type", False),
        (wording.say("churners"), "churners_t", True),
    ]
    several = len({row["when"] for row in rows}) > 1
    return chart(
        "churn_types",
        wording.say("types_head"),
        wording.say("types_alt"),
        over_months(rows) if several else [],
        figures,
    )


def regions_table(summaries: Summaries, wording: Wording, most: int | None = None) -> Block:
    """Return the provinces in order of their value at risk, each with a way to its page."""
    regions = summaries.regions
    now = [
        (region, summaries.now(region) or {}, summaries.with_known_churn(region), listed.total(summaries, region))
        for region in regions[:most]
    ]
    largest = max((drawable(row["value_at_risk"]) or 0 for _, row, _, _ in now), default=0)
    columns = [
        (wording.say("province"), False),
        (wording.say("at_risk_in", currency=wording.currency), True),
        (wording.say("expected_to_leave"), True),
        (wording.say("left"), True),
        (wording.heading("name_subscribers"), True),
        (wording.say("on_the_list"), True),
        (wording.say("gain_in", currency=wording.currency), True),
    ]
    cells = [
        [
            {"t": wording.region(region), "to": ["province", region]},
            wording.money(row["value_at_risk"], bar=(drawable(row["value_at_risk"]) or 0) / largest if largest else 0),
            wording.percent(row["predicted_rate"]),
            wording.percent(
                known_months[-1]["churn_rate"] if known_months else None, sub=_interval(known_months, wording)
            ),
            wording.number(row["subscribers"]),
            wording.number(total["contacts"] if total else None),
            wording.money(total["expected_gain"] if total else None),
        ]
        for region, row, known_months, total in now
    ]
    note = (
        wording.say("regions_first", shown=number(most), number=number(len(regions)))
        if most and len(regions) > most
        else ""
    )
    return table(wording.say("regions_head"), columns, cells, note)


def _interval(known_months: list[Row], wording: Wording) -> str:
    return (
        wording.interval(known_months[-1]["churn_rate_low"], known_months[-1]["churn_rate_high"], percent)
        if known_months
        else ""
    )
