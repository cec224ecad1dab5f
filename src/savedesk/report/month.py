"""This month in figures, list and reasons: counts and sums of the newest as_of, formatted."""

from __future__ import annotations

import math
from typing import Any

import ibis
import pandas as pd

from savedesk.contracts import decisions, reasons, scores, values
from savedesk.inputs import Inputs
from savedesk.params.prioritise import PrioritiseParams
from savedesk.params.report import ReportParams
from savedesk.report.amounts import decimals, money, number, percent
from savedesk.report.messages import word

Messages = dict[str, str]


def newest(inputs: Inputs) -> Any:
    """Return the newest as_of that was scored, or None where nothing was."""
    found = inputs.table(scores.TABLE).as_of.max().execute()
    return None if pd.isna(found) else pd.Timestamp(found).date()


def _of(table: Any, as_of: Any) -> Any:
    return table.filter(table.as_of == ibis.date(as_of.year, as_of.month, as_of.day))


def tiles(inputs: Inputs, as_of: Any, currency: str, messages: Messages) -> list[dict[str, str]]:
    """Return the headline figures: name, figure and a note each."""
    scored, valued = _of(inputs.table(scores.TABLE), as_of), _of(inputs.table(values.TABLE), as_of)
    people, leaving = (_sum(scored.count()), _sum(scored.churn_probability.sum()))
    decided = _of(inputs.table(decisions.TABLE), as_of).decision.value_counts(name="rows").to_pandas()
    counts = dict(zip(decided["decision"], decided["rows"], strict=True))
    listed = inputs.table(decisions.LIST)
    share = percent(leaving / people) if people else messages["none"]
    held = {name: number(counts.get(name, 0)) for name in ("hold_out", "give_up")}
    return [
        _tile("scored", number(people), "", messages),
        _tile("churners", number(leaving), messages["tile_churners_note"].format(share=share), messages),
        _tile("value", number(_sum(valued.value_at_risk.sum())), messages["tile_value_note"], messages, currency),
        _tile("contacts", number(_sum(listed.count())), messages["tile_contacts_note"].format(**held), messages),
        _tile("gain", number(_sum(listed.expected_gain.sum())), messages["tile_gain_note"], messages, currency),
    ]


def unpriced(inputs: Inputs, as_of: Any) -> float:
    """Return the share of the newest subscribers of whom no price is known."""
    source = _of(inputs.table(values.TABLE), as_of).margin_source
    return _sum((source == values.UNPRICED).mean())


def _tile(name: str, value: str, note: str, messages: Messages, unit: str = "") -> dict[str, str]:
    return {"name": messages[f"tile_{name}"], "value": value, "unit": unit, "note": note}


def _sum(expression: Any) -> float:
    """Return a count or a sum; that of no rows is 0."""
    found = expression.execute()
    return 0.0 if found is None or pd.isna(found) else float(found)


def limits(inputs: Inputs, as_of: Any, currency: str, messages: Messages) -> list[dict[str, str]]:
    """Return the policy's limits, what the list takes of them, and in words what one more unit would earn."""
    frame = _of(inputs.table(decisions.LIMITS), as_of).order_by("limit").to_pandas()
    return [_limit(line, inputs, currency, messages) for line in frame.to_dict("records")]


def _limit(line: dict[str, Any], inputs: Inputs, currency: str, messages: Messages) -> dict[str, str]:
    channels = inputs.section(PrioritiseParams).channels
    channel = next((name for name in channels if line["limit"] in (name, f"hours {name}")), "")
    kind = "hour" if channel else "budget"
    shown, price = word(messages, "channel", channel), line["shadow_price"]
    amount = money(price, currency, 2)
    sentence = messages[f"next_{kind}" if price > 0 else f"next_{kind}_free"]
    known = channel or line["limit"] == "budget"
    name = messages["limit_hours" if channel else "limit_budget"].format(channel=shown) if known else line["limit"]
    form = decimals(1) if channel else number
    return {
        "name": name[:1].upper() + name[1:],
        "available": form(line["available"]),
        "used": form(line["used"]),
        "earns": amount,
        "sentence": sentence.format(channel=shown, money=amount, currency=currency) if known else "",
    }


def listed(inputs: Inputs, currency: str, language: str, messages: Messages) -> dict[str, Any]:
    """Return the first rows of the list, without ids unless they are asked for."""
    params, table = inputs.section(ReportParams), inputs.table(decisions.LIST)
    frame = table.order_by("rank").limit(params.list_rows).to_pandas()
    actions = {name: getattr(action, language) for name, action in inputs.section(PrioritiseParams).actions.items()}
    lines = [_listed_line(row, actions, currency, messages) for row in frame.to_dict("records")]
    if params.show_ids:
        lines = [
            {**line, "id": row["subscriber_id"]} for line, row in zip(lines, frame.to_dict("records"), strict=True)
        ]
    return {"lines": lines, "shown": number(len(lines)), "total": number(_sum(table.count())), "ids": params.show_ids}


def _listed_line(row: dict[str, Any], actions: dict[str, str], currency: str, messages: Messages) -> dict[str, Any]:
    who = [word(messages, "value", str(row[name])) for name in ("segment", "region") if _given(row[name])]
    found = [str(row[f"reason_{position}"]) for position in (1, 2, 3) if _given(row[f"reason_{position}"])]
    gain = row["expected_gain"]
    return {
        "rank": number(row["rank"]),
        "tier": word(messages, "value", row["tier"]),
        "tier_code": row["tier"],
        "who": " \u00b7 ".join(who),
        "chance": percent(row["churn_probability"], 0),
        "chance_width": f"{100 * row['churn_probability']:.0f}",
        "call_by": pd.Timestamp(row["call_by"]).date().isoformat(),
        "at_risk": money(row["value_at_risk"], currency),
        "reasons": found,
        "action": actions.get(row["action"], row["action"]) if _given(row["action"]) else messages["none"],
        "channel": word(messages, "channel", row["channel"]) if _given(row["channel"]) else "",
        "gain": money(gain, currency, 2) if _given(gain) else messages["none"],
    }


def _given(value: object) -> bool:
    return value is not None and value is not pd.NA and not (isinstance(value, float) and math.isnan(value))


def why(inputs: Inputs, as_of: Any, messages: Messages) -> dict[str, Any]:
    """Return how many of the newest candidates have each reason, first and at all, most frequent first."""
    table = _of(inputs.table(reasons.TABLE), as_of)
    counted = table.group_by("reason").aggregate(main=(table.position == 1).sum(), any=table.subscriber_id.nunique())
    frame = counted.order_by([ibis.desc("main"), ibis.desc("any"), "reason"]).to_pandas()
    most = max(frame["any"], default=0)
    lines = [
        {
            "name": word(messages, "reason", line["reason"]),
            "main": number(line["main"]),
            "any": number(line["any"]),
            "main_width": f"{100 * line['main'] / most:.1f}",
            "any_width": f"{100 * (line['any'] - line['main']) / most:.1f}",
        }
        for line in frame.to_dict("records")
    ]
    return {"lines": lines, "candidates": number(_sum(table.subscriber_id.nunique()))}
