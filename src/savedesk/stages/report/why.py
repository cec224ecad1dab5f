"""Why they leave: reasons over time and by region, then price, complaints, tenure and competition."""

from __future__ import annotations

import re
from typing import Any

from savedesk.schemas.summaries import COUNTRY, DRIVERS, PAGES
from savedesk.stages.report.amounts import SPACE, number, percent
from savedesk.stages.report.blocks import Block, Page, chart, over_months, page, shown, table
from savedesk.stages.report.provinces import candidates, reasons_table
from savedesk.stages.report.summaries import Row, Summaries
from savedesk.stages.report.wording import Wording, drawable, known, month_of

BY_MONTH = "tenure_month"
GROUP_STEP, HEAT_STEP = 34, 19  # height of a line of a chart
BAND = re.compile(r"(?P<low>[\d.]+)(?:-(?P<high>[\d.]+)|\+)")
WHOLE = ("competitor_campaigns",)  # bands of a count
FIGURES = (("churn_rate", "rate_t"), ("interval", "ends_t"), ("compared", "compared_t"))


def why_page(summaries: Summaries, wording: Wording) -> Page | None:
    """Return the page with its tabs, or None where nothing is known of any reason."""
    tabs = [_reasons(summaries, wording), *(_driver(name, summaries, wording) for name in PAGES)]
    tabs = [tab for tab in tabs if tab["blocks"]]
    if not tabs:
        return None
    return page(wording, "why", _headline(summaries, wording), [], tabs=tabs, lede=wording.say("why_lede"))


def _headline(summaries: Summaries, wording: Wording) -> str:
    rows = sorted(summaries.rows("reason_shares", region=COUNTRY, as_of=summaries.as_of), key=lambda row: -row["share"])
    if len(rows) < 2:  # noqa: PLR2004 - a first and a second
        return wording.say("why_headline_plain")
    said = {
        f"{place}_reason": wording.word("reason", row["reason"])
        for place, row in zip(("first", "second"), rows, strict=False)
    }
    shares = {f"{place}_share": percent(row["share"], 0) for place, row in zip(("first", "second"), rows, strict=False)}
    said["second_reason"] = wording.within(said["second_reason"])
    return wording.say("why_headline", candidates=number(candidates(summaries)), **said, **shares)


def _tab(name: str, headline: str, given: list[Block], wording: Wording) -> Page:
    return {"id": name, "title": wording.say(f"tab_{name}"), "headline": headline, "blocks": shown(given)}


def _reasons(summaries: Summaries, wording: Wording) -> Page:
    country = summaries.rows("reason_shares", region=COUNTRY)
    largest = sorted((row for row in country if row["as_of"] == summaries.as_of), key=lambda row: -row["share"])
    order = {row["reason"]: place for place, row in enumerate(largest)}
    over_time = [
        _share(row, "when", month_of(row["as_of"]), order, wording)
        for row in sorted(country, key=lambda row: (str(row["as_of"]), order.get(row["reason"], 99)))
    ]
    regions = [
        _share(row, "region", wording.region(region), order, wording)
        for region in summaries.regions
        for row in _ordered(summaries, region, order)
    ]
    columns = [(wording.say("reason"), "reason", False), (wording.say("share_at_risk"), "share_t", True)]
    several = len({row["when"] for row in over_time}) > 1
    given = [
        reasons_table(summaries, COUNTRY, wording),
        chart(
            "reasons_by_month",
            wording.say("reasons_time_head"),
            wording.say("reasons_time_alt"),
            over_months(over_time) if several else [],
            [(wording.say("as_of"), "when", False), *columns],
        ),
        chart(
            "reasons_by_region",
            wording.say("reasons_region_head"),
            wording.say("reasons_region_alt"),
            regions,
            [(wording.say("province"), "region", False), *columns],
            height=HEAT_STEP * len(summaries.regions),
        ),
    ]
    return _tab("reasons", wording.say("reasons_tab_headline"), given, wording)


def _ordered(summaries: Summaries, region: str, order: dict[Any, int]) -> list[Row]:
    rows = summaries.rows("reason_shares", region=region, as_of=summaries.as_of)
    return sorted(rows, key=lambda row: order.get(row["reason"], len(order)))


def _share(row: Row, axis: str, where: str, order: dict[Any, int], wording: Wording) -> dict[str, Any]:
    reason = wording.word("reason", row["reason"])
    return {
        axis: where,
        "reason": reason,
        "place": order.get(row["reason"], len(order)),
        "share": drawable(row["share"]),
        "share_t": percent(row["share"]),
    }


def _driver(name: str, summaries: Summaries, wording: Wording) -> Page:
    rows = summaries.rows("drivers", page=name, region=COUNTRY)
    given: list[Block] = []
    for by in (by for by, (page_name, _) in DRIVERS.items() if page_name == name):
        part = sorted((row for row in rows if row["by"] == by), key=lambda row: row["place"])
        given += [_groups(by, part, wording), _by_region(by, summaries, part, wording)]
    return _tab(name, _contrast(rows, wording), given, wording)


def _contrast(rows: list[Row], wording: Wording) -> str:
    """Return the group that leaves most in excess of like subscribers, in words."""
    if not any(known(row["compared_rate"]) for row in rows):
        return _highest(rows, wording)
    compared = [row for row in rows if known(row["compared_rate"]) and row["low"] > row["compared_rate"]]
    if not compared:
        return wording.say("no_contrast")
    worst = max(compared, key=lambda row: row["churn_rate"] - row["compared_rate"])
    said = {"by": wording.say(f"by_{worst['by']}"), "group": group_name(worst["by"], worst["group"], wording)}
    return wording.say("contrast", rate=percent(worst["churn_rate"]), compared=percent(worst["compared_rate"]), **said)


def _highest(rows: list[Row], wording: Wording) -> str:
    """Return the group whose churn is highest even at the lower end of its interval, in words."""
    if not rows:
        return wording.say("no_contrast")
    top = max(rows, key=lambda row: row["low"])
    said = {"by": wording.within(wording.say(f"by_{top['by']}")), "group": group_name(top["by"], top["group"], wording)}
    return wording.say("highest", rate=percent(top["churn_rate"]), **said)


def group_name(by: str, group: object, wording: Wording) -> str:
    """Return a group of subscribers in words. A band goes from its first edge to below its second."""
    code = str(group)
    key = f"group_{by}_{code}"
    if by == BY_MONTH or key in wording.messages:
        return wording.messages.get(key, code)
    band = BAND.fullmatch(code)
    if band is None:
        return code
    low, high = band["low"], band["high"]
    if by in WHOLE:
        last = str(int(high) - 1) if high else ""
        return low if low == last else _between(low, last, wording)
    return _between(percent(float(low), 0), percent(float(high), 0) if high else "", wording)


def _between(low: str, high: str, wording: Wording) -> str:
    return f"{low}{SPACE}\u2013{SPACE}{high}" if high else wording.say("and_more", edge=low)


def _groups(by: str, rows: list[Row], wording: Wording) -> Block:
    drawn = [
        {
            "group": group_name(by, row["group"], wording),
            "rate": drawable(row["churn_rate"]),
            "rate_t": percent(row["churn_rate"]),
            "low": drawable(row["low"]),
            "high": drawable(row["high"]),
            "ends_t": wording.interval(row["low"], row["high"], percent),
            "compared": drawable(row["compared_rate"]),
            "compared_t": wording.written(row["compared_rate"], percent),
            "rows_t": number(row["rows"]),
            "series": wording.say("compared"),
            "named": wording.say("these"),
        }
        for row in rows
    ]
    columns = [
        (wording.say(f"by_{by}"), "group", False),
        *((wording.say(key), field, True) for key, field in FIGURES),
        (wording.heading("name_rows"), "rows_t", True),
    ]
    alone = not any(known(row["compared_rate"]) for row in rows)
    spec = "by_month_of_tenure" if by == BY_MONTH else "groups_alone" if alone else "groups"
    if alone:
        columns = [column for column in columns if column[1] != "compared_t"]
    note = wording.say(f"note_{by}")
    height = {} if by == BY_MONTH else {"height": GROUP_STEP * len(drawn)}
    return chart(spec, wording.say(f"head_{by}"), wording.say("groups_alt"), drawn, columns, note=note, **height)


def _by_region(by: str, summaries: Summaries, groups: list[Row], wording: Wording) -> Block:
    """Return the rate of each group in each province; the hazard by month of tenure is too long for that."""
    regions = summaries.regions
    if by == BY_MONTH or not regions or not groups:
        return {}
    names = [row["group"] for row in groups]
    cells: list[list[Any]] = []
    for region in regions:
        rates = {row["group"]: row for row in summaries.rows("drivers", region=region, by=by)}
        shown_rates = [wording.percent(rates.get(name, {}).get("churn_rate")) for name in names]
        cells.append([{"t": wording.region(region), "to": ["province", region]}, *shown_rates])
    columns = [(wording.say("province"), False), *((group_name(by, name, wording), True) for name in names)]
    inner = table("", columns, cells)
    return {
        "kind": "more",
        "title": wording.say("by_province", what=wording.say(f"by_{by}")),
        "count": "",
        "blocks": [inner],
    }
