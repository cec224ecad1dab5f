"""The month's list as blocks: its groups, its limits with what one more would earn, and its gain by capacity."""

from __future__ import annotations

from typing import Any

from savedesk.params.prioritise import PrioritiseParams
from savedesk.schemas.summaries import COUNTRY
from savedesk.stages.report.amounts import decimals, number, percent
from savedesk.stages.report.blocks import Block, chart, lines, table
from savedesk.stages.report.summaries import Row, Summaries
from savedesk.stages.report.wording import Wording, drawable, known

BY = ("tier", "action", "channel")


def total(summaries: Summaries, region: str = COUNTRY) -> Row | None:
    """Return the list of a region as one row."""
    return summaries.row("list_groups", region=region, by="total")


def in_one_line(row: Row | None, wording: Wording) -> str:
    """Return the list in a sentence: contacts, cost, and what it should earn."""
    if row is None or not row["contacts"]:
        return wording.say("list_empty")
    return wording.say(
        "list_line",
        contacts=number(row["contacts"]),
        cost=wording.money_text(row["expected_cost"]),
        gain=wording.money_text(row["expected_gain"]),
        low=wording.money_text(row["gain_low"]),
        high=wording.money_text(row["gain_high"]),
        hold_out=number(row["hold_out"]),
    )


def groups(summaries: Summaries, region: str, by: str, policy: PrioritiseParams, wording: Wording) -> Block:
    """Return the list of a region by tier, action or channel; the group that earns most first."""
    rows = sorted(summaries.rows("list_groups", region=region, by=by), key=lambda row: -row["expected_gain"])
    most = max((row["expected_gain"] for row in rows), default=0)
    columns = [
        (wording.heading(f"name_{by}"), False),
        (wording.say("contacts"), True),
        (wording.say("held_out"), True),
        (wording.say("cost_in", currency=wording.currency), True),
        (wording.say("gain_in", currency=wording.currency), True),
    ]
    cells = [
        [
            named(by, row["group"], policy, wording),
            wording.number(row["contacts"]),
            wording.number(row["hold_out"]),
            wording.money(row["expected_cost"]),
            wording.money(
                row["expected_gain"],
                sub=wording.interval(row["gain_low"], row["gain_high"], number),
                bar=max(row["expected_gain"], 0) / most if most > 0 else 0,
            ),
        ]
        for row in rows
    ]
    return table(wording.say(f"list_by_{by}"), columns, cells)


def named(by: str, group: object, policy: PrioritiseParams, wording: Wording) -> str:
    """Return a tier, an action, a channel, a reason or a campaign in words."""
    action = policy.actions.get(str(group)) if by == "action" else None
    if action is not None:
        return str(getattr(action, wording.code))
    return wording.word({"tier": "value"}.get(by, by), group)


def limits(summaries: Summaries, policy: PrioritiseParams, wording: Wording) -> tuple[Block, Block]:
    """Return in words what one more unit of each limit would earn, and the limits as a table."""
    rows = summaries.rows("limits", as_of=summaries.as_of)
    said = [_next(row, policy, wording) for row in rows]
    columns = [
        (wording.heading(name), name != "limit") for name in ("limit", "name_available", "name_used", "name_earns")
    ]
    cells: list[list[Any]] = []
    for row in rows:
        form = decimals(1) if _channel(row, policy) else number
        name = _limit_name(row, policy, wording)
        price = wording.money(row["shadow_price"])
        cells.append([name, wording.cell(row["available"], form), wording.cell(row["used"], form), price])
    return lines(wording.say("next_head"), said), table(wording.say("limits_caption"), columns, cells)


def _channel(row: Row, policy: PrioritiseParams) -> str:
    return next((name for name in policy.channels if row["limit"] in (name, f"hours {name}")), "")


def _limit_name(row: Row, policy: PrioritiseParams, wording: Wording) -> str:
    channel = _channel(row, policy)
    if channel:
        return wording.say("limit_hours", channel=wording.word("channel", channel))
    return wording.say("limit_budget") if row["limit"] == "budget" else str(row["limit"])


def _next(row: Row, policy: PrioritiseParams, wording: Wording) -> str:
    channel = _channel(row, policy)
    if not channel and row["limit"] != "budget":
        return ""
    limit = "hour" if channel else "budget"
    key = f"next_{limit}" if row["shadow_price"] > 0 else f"next_{limit}_free"
    amount = wording.written(row["shadow_price"], lambda price: f"{decimals(2)(price)}\u00a0{wording.currency}".strip())
    return wording.say(key, channel=wording.word("channel", channel), money=amount, currency=wording.currency)


def capacity(summaries: Summaries, wording: Wording) -> Block:
    """Return the gain of the best list within more or less of the limits, with the run's own marked."""
    rows = [
        {
            "share": drawable(row["share"]),
            "share_t": percent(row["share"], 0),
            "contacts": drawable(row["contacts"]),
            "contacts_t": wording.say("so_many_contacts", number=number(row["contacts"])),
            "gain": drawable(row["expected_gain"]),
            "gain_t": wording.money_text(row["expected_gain"]),
            "chosen": bool(row["chosen"]),
        }
        for row in summaries.rows("capacity")
        if known(row["expected_gain"])
    ]
    figures = [("capacity_share", "share_t", True), ("contacts", "contacts_t", True), ("gain", "gain_t", True)]
    return chart(
        "capacity",
        wording.say("capacity_head"),
        wording.say("capacity_alt"),
        rows if len(rows) > 1 else [],
        [(wording.say(key), field, is_figure) for key, field, is_figure in figures],
        note=wording.say("capacity_note"),
    )
