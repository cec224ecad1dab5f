"""Listed subscribers: a card for each, found by id where ids are shown, and by rank or receipt."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pandas as pd

from savedesk.numerals import DATA_UNITS, data_unit, in_data_unit
from savedesk.schemas.scores import SURVIVAL_COLUMNS
from savedesk.stages.report.amounts import decimals, number, percent
from savedesk.stages.report.blocks import Page, page
from savedesk.stages.report.summaries import Row, Summaries
from savedesk.stages.report.wording import Cell, Wording, known, month_of

WHO = ("rank", "region", "segment", "tier", "tenure_months", "days_since_contact", "open_complaints", "loyalty_type")
WORTH = ("churn_probability", "churn_type", "expected_days_to_churn", "value_at_risk", "remaining_value", "margin")
DO = ("action_text", "channel", "call_by", "because", "offer_cost", "expected_gain")
FACTS = (*WHO, *WORTH, *DO)
IN_LIST = ("region", "tier", "churn_probability", "value_at_risk", "call_by", "action_text", "because", "expected_gain")
FILTERS = ("region", "tier", "action_text")
DATA = "data_mb"
SERIES = ("total_due", "voice_min", DATA)
MANY = 10_000  # MB from which on a month of data is written in a larger unit
COUNTS = ("rank", "tenure_months", "days_since_contact", "open_complaints", "expected_days_to_churn")
AMOUNTS = ("value_at_risk", "remaining_value", "margin", "offer_cost", "expected_gain")
WORDS = {"segment": "value", "tier": "value", "churn_type": "value", "channel": "channel", "loyalty_type": "loyalty"}
CALLED = {  # facts whose name other rooms and pages say, too; card_<fact> is that of the others
    "rank": "card_rank_name",
    "region": "province",
    "segment": "name_segment",
    "tier": "name_tier",
    "tenure_months": "tenure_axis",
    "value_at_risk": "at_risk_in",
    "action_text": "name_action",
    "channel": "name_channel",
    "call_by": "name_call_by",
    "expected_gain": "gain_in",
}
RULES = ("open_complaints", "unaware_overspender")  # that close an action to the subscriber


def subscribers_page(
    summaries: Summaries, receipts: dict[str, str], wording: Wording, *, show_ids: bool
) -> tuple[Page | None, dict[str, Any]]:
    """Return the page on which a listed subscriber is searched, and the cards that it opens.

    Args:
        summaries: summaries of the run.
        receipts: receipt of each listed subscriber: opens the card without saying who it is.
        wording: language and currency.
        show_ids: whether the page may say ids.
    """
    rows = sorted(summaries.rows("cards"), key=lambda row: row["rank"])
    if not rows:
        return None, {}
    unit = _data_unit(summaries)
    series = _series(summaries, unit)
    months = sorted({str(month) for month in summaries.frames["card_months"]["month"]})
    cards = {
        "facts": [
            {"name": _name(fact, wording), "n": fact in (*COUNTS, *AMOUNTS, "churn_probability")} for fact in FACTS
        ],
        "places": {fact: FACTS.index(fact) for fact in ("rank", "because")},
        "groups": {
            name: {"places": [FACTS.index(fact) for fact in facts if fact != "rank"]}
            for name, facts in (("who", WHO), ("worth", WORTH), ("do", DO))
        },
        "list": [FACTS.index(fact) for fact in IN_LIST],
        "filters": [FACTS.index(fact) for fact in FILTERS],
        "series": [
            {"code": code, "name": _name(code, wording, unit), "months": [month_of(month) for month in months]}
            for code in SERIES
        ],
        "rows": [_card(row, receipts, series, unit, wording, show_ids=show_ids) for row in rows],
    }
    headline = wording.say("subscribers_headline", number=number(len(receipts)))
    fewer = wording.say("cards_first", number=number(len(rows))) if len(rows) < len(receipts) else ""
    hidden = "" if show_ids else wording.say("list_hidden")
    return page(wording, "subscribers", headline, [], lede=wording.joined([fewer, hidden])), cards


def _name(fact: str, wording: Wording, unit: str = "") -> str:
    return wording.heading(CALLED.get(fact, f"card_{fact}"), currency=wording.currency, unit=unit)


def _data_unit(summaries: Summaries) -> str:
    """Return the unit of data of all cards: one in which the largest month has no more than four digits or so."""
    most = summaries.frames["card_months"][DATA].max()
    return DATA_UNITS[0] if pd.isna(most) or most < MANY else data_unit(float(most))


def _series(summaries: Summaries, unit: str) -> dict[str, dict[str, list[float | None]]]:
    """Return usage and bills of each subscriber over the same months; data in the unit given."""
    frame = summaries.frames["card_months"]
    by_id: dict[str, dict[str, list[float | None]]] = defaultdict(dict)
    for code in SERIES:
        scale = in_data_unit(1.0, unit) if code == DATA else 1.0
        wide = frame.pivot_table(index="subscriber_id", columns="month", values=code, aggfunc="first", dropna=False)
        for name, values in zip(wide.index, wide.to_numpy(dtype=float), strict=True):
            if not pd.isna(values).all():
                by_id[str(name)][code] = [
                    None if pd.isna(value) else round(float(value) * scale, 2) for value in values
                ]
    return by_id


def _card(
    row: Row, receipts: dict[str, str], series: dict[str, Any], unit: str, wording: Wording, *, show_ids: bool
) -> dict[str, Any]:
    name = str(row["subscriber_id"])
    curve = [row[column] for column in SURVIVAL_COLUMNS]
    card: dict[str, Any] = {
        "key": receipts.get(name, str(row["rank"])),
        **({"id": name} if show_ids else {}),
        "lede": wording.say(
            "card_lede",
            action=row["action_text"],
            day=wording.day(row["call_by"]),
            gain=wording.money_text(row["expected_gain"]),
        ),
        "facts": [_fact(fact, row, wording) for fact in FACTS],
        "why": [str(row[f"reason_{place}"]) for place in (1, 2, 3) if known(row[f"reason_{place}"])],
        "talk": [
            _talk(code, row, wording)
            for code in (str(row["talking_points"]).split() if known(row["talking_points"]) else [])
        ],
        "rules": [wording.say(f"rule_{rule}", number=row[rule]) for rule in RULES if row[rule]],
        "live": [1, *(round(float(share), 4) for share in curve)],
        "live_t": [percent(share, 0) for share in (1.0, *curve)],
    }
    for code, values in series.get(name, {}).items():
        card[code] = values
        there = [value for value in values if value is not None]
        form = decimals(1) if code == DATA and unit != DATA_UNITS[0] else number
        card[f"{code}_said"] = [wording.written(value, form) for value in (min(there), max(there), values[-1])]
    return card


def _talk(code: str, row: Row, wording: Wording) -> str:
    years = number(row["tenure_months"] // 12) if known(row["tenure_months"]) else wording.say("none")
    days = wording.written(row["days_since_contact"], number)
    return wording.say(f"talk_{code}", years=years, days=days, action=row["action_text"])


def _fact(fact: str, row: Row, wording: Wording) -> Cell | str:
    value = row[fact]
    if not known(value):
        return ""
    if fact == "churn_probability":
        ends = wording.interval(row["churn_probability_low"], row["churn_probability_high"], percent)
        return wording.percent(value, sub=ends)
    if fact in COUNTS:
        return wording.number(value)
    return wording.money(value) if fact in AMOUNTS else _said(fact, value, wording)


def _said(fact: str, value: object, wording: Wording) -> Cell | str:
    if fact == "tier":
        return {"t": wording.word("value", value), "tag": str(value)}
    if fact == "call_by":
        return {"t": wording.day(value), "v": str(value)[:10]}
    if fact == "region":
        return wording.region(value)
    return wording.word(WORDS[fact], value) if fact in WORDS else str(value)
