"""Summaries of an invented operator, as the stage summarise would leave them: small, or as large as a country."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Sequence
from typing import Any

from savedesk.schemas.complaints import CATEGORIES
from savedesk.schemas.scores import SURVIVAL_COLUMNS
from savedesk.schemas.summaries import CAMPAIGN_BY, COUNTRY, DRIVERS, LOYALTY_TYPES, TABLES, TALKING_POINTS
from savedesk.schemas.table import Column, Table

Rows = list[dict[str, Any]]
AS_OFS = [dt.date(2025, month, 1) for month in range(1, 7)]
NOW = AS_OFS[-1]
REASONS = ("price", "network", "complaint", "competition")
GROUPS = {
    "price_rise": ("none", "0-0.05", "0.1+"),
    "bill_shock": ("none", "0.1-0.3", "0.6+"),
    "plan_misfit": ("none", "0.3+"),
    "complaint": ("none", "open", "resolved_late"),
    "tenure_month": ("0", "1", "2", "60+"),
    "contract_phase": ("none", "last", "over"),
    "competitor_campaigns": ("none", "1-2", "4+"),
    "competitor_price": ("none", "0.05-0.1"),
}
LISTED = {"tier": ("key", "core"), "action": ("discount",), "channel": ("call",)}
CAMPAIGN = {
    "campaign": ("spring", "summer"),
    "action": ("discount",),
    "tier": ("key", "core"),
    "reason": ("price", "network"),
}


def summaries(regions: list[str], listed: int, seed: int = 7) -> dict[str, Rows]:
    """Return the rows of every summary, by the table's name."""
    dice = random.Random(seed)  # noqa: S311 - of a sample
    everywhere = [COUNTRY, *regions]
    by_table = {
        "months": [_month(region, as_of, dice) for region in everywhere for as_of in AS_OFS],
        "list_groups": [row for region in everywhere for row in _list_groups(region, dice)],
        "capacity": [_capacity(place / 4) for place in range(9)],
        "reason_shares": [
            row for region in everywhere for as_of in AS_OFS[3:] for row in _reasons(region, as_of, dice)
        ],
        "drivers": [row for region in everywhere for row in _drivers(region, dice)],
        "satisfaction": [row for region in everywhere for row in _satisfaction(region, dice)],
        "loyalty": [],
        "campaigns": [row for region in everywhere for row in _campaigns(region, dice)],
        "cards": [_card(rank, regions, dice) for rank in range(1, listed + 1)],
        "card_months": [row for rank in range(1, listed + 1) for row in _card_months(rank, dice)],
    }
    by_table |= {table.name: _of_contract(table, everywhere, dice) for table in TABLES if table.name not in by_table}
    lacks = dict.fromkeys(by_table, "no_features")
    by_table["contents"] = [
        {
            "table": table.name,
            "rows": len(by_table[table.name]),
            "lacks": None if by_table[table.name] else lacks[table.name],
        }
        for table in TABLES
    ]
    return by_table


def empty(lacks: dict[str, str] | None = None) -> dict[str, Rows]:
    """Return summaries without any row."""
    why = lacks or {}
    contents = [{"table": table.name, "rows": 0, "lacks": why.get(table.name, "no_as_of")} for table in TABLES]
    return {**{table.name: [] for table in TABLES}, "contents": contents}


def without(by_table: dict[str, Rows], *tables: str, lacks: str) -> dict[str, Rows]:
    """Return summaries of which some tables have no rows, for a reason."""
    contents = [{**row, "rows": 0, "lacks": lacks} if row["table"] in tables else row for row in by_table["contents"]]
    return {**by_table, **{name: [] for name in tables}, "contents": contents}


def _month(region: str, as_of: dt.date, dice: random.Random) -> dict[str, Any]:
    people, known = dice.randint(400, 900), as_of < AS_OFS[-2]
    gone = dice.randint(12, 50)
    rate = gone / people
    row: dict[str, Any] = {"region": region, "as_of": as_of, "subscribers": people, "labelled": people if known else 0}
    if known:
        row |= {
            "churners": gone,
            "cancelled": gone - 6,
            "arrears": 4,
            "dormant": 2,
            "churn_rate": rate,
            "churn_rate_low": rate * 0.8,
            "churn_rate_high": rate * 1.25,
        }
    if as_of >= AS_OFS[2]:
        row |= {
            "predicted_rate": dice.uniform(0.02, 0.06),
            "value_at_risk": dice.uniform(9000, 40000),
            "value_lost": dice.uniform(9000, 40000) if known else None,
        }
    return row


def _list_groups(region: str, dice: random.Random) -> Rows:
    rows = []
    for by, groups in {"total": (COUNTRY,), **LISTED}.items():
        for group in groups:
            gain = dice.uniform(300, 9000)
            rows.append(
                {
                    "region": region,
                    "by": by,
                    "group": group,
                    "contacts": dice.randint(3, 300),
                    "hold_out": dice.randint(0, 30),
                    "expected_cost": dice.uniform(2, 300),
                    "expected_gain": gain,
                    "gain_low": gain * 0.6,
                    "gain_high": gain * 1.4,
                    "value_at_risk": gain * 9,
                    "hours": dice.uniform(1, 60),
                }
            )
    return rows


def _capacity(share: float) -> dict[str, Any]:
    return {
        "share": share,
        "contacts": int(2000 * share**0.5),
        "expected_gain": 30000 * share**0.5,
        "expected_cost": 2000 * share,
        "chosen": share == 1,
    }


def _reasons(region: str, as_of: dt.date, dice: random.Random) -> Rows:
    weights = [dice.uniform(0.1, 1) for _ in REASONS]
    return [
        {
            "region": region,
            "as_of": as_of,
            "reason": reason,
            "candidates": dice.randint(3, 200),
            "value_at_risk": 1e5 * weight,
            "share": weight / sum(weights),
        }
        for reason, weight in zip(REASONS, weights, strict=True)
    ]


def _drivers(region: str, dice: random.Random) -> Rows:
    rows = []
    for by, groups in GROUPS.items():
        for place, group in enumerate(groups, start=1):
            rate, rows_here = dice.uniform(0.02, 0.09), dice.randint(100, 4000)
            rows.append(
                {
                    "page": DRIVERS[by][0],
                    "region": region,
                    "by": by,
                    "group": group,
                    "place": place,
                    "rows": rows_here,
                    "churners": int(rows_here * rate),
                    "churn_rate": rate,
                    "low": rate * 0.9,
                    "high": rate * 1.1,
                    "compared_rate": None if place == 1 or not DRIVERS[by][1] else rate * dice.uniform(0.5, 1.1),
                }
            )
    return rows


def _satisfaction(region: str, dice: random.Random) -> Rows:
    rows = []
    for segment in (COUNTRY, "business"):
        for place, process in enumerate(CATEGORIES[:7]):
            for end in (dt.date(2025, 3, 1), NOW):
                score, weight = dice.uniform(5, 9), dice.uniform(-0.05, 0.4)
                quadrant = (
                    ("keep_up" if score > 7 else "fix_now")
                    if weight > 0.15
                    else ("relative_advantage" if score > 7 else "potential_loss")
                )
                rows.append(
                    {
                        "region": region,
                        "segment": segment,
                        "process": process,
                        "period_end": end,
                        "answers": 30 + place,
                        "performance": score,
                        "performance_low": score - 0.3,
                        "performance_high": score + 0.3,
                        "lead": dice.uniform(-1, 1),
                        "importance": weight,
                        "importance_low": weight - 0.1,
                        "importance_high": weight + 0.1,
                        "performance_line": 7.0,
                        "importance_line": 0.15,
                        "quadrant": quadrant,
                    }
                )
    return rows


def _campaigns(region: str, dice: random.Random) -> Rows:
    rows = []
    for by in CAMPAIGN_BY if region == COUNTRY else ("total",):
        for group in CAMPAIGN.get(by, (COUNTRY,)):
            kept = dice.uniform(-3, 60)
            verdict = "works" if kept > 15 else "not_shown"
            rows.append(
                {
                    "region": region,
                    "by": by,
                    "group": group,
                    "treated": 900,
                    "control": 880,
                    "treated_rate": 0.05,
                    "control_rate": 0.05 + kept / 900,
                    "effect": kept / 900,
                    "kept": kept,
                    "kept_low": kept - 15,
                    "kept_high": kept + 15,
                    "kept_value": kept * 700,
                    "cost": 1800.0,
                    "net": kept * 700 - 1800,
                    "net_low": kept * 300 - 1800,
                    "net_high": kept * 1100 - 1800,
                    "promised_kept": 40.0,
                    "promised_net": 26000.0,
                    "true_kept": kept + 3,
                    "true_net": (kept + 3) * 700,
                    "verdict": verdict,
                }
            )
    return rows


def _card(rank: int, regions: list[str], dice: random.Random) -> dict[str, Any]:
    chance = dice.uniform(0.05, 0.6)
    curve = {name: (1 - chance / 2) ** (month + 1) for month, name in enumerate(SURVIVAL_COLUMNS)}
    return {
        "subscriber_id": f"S{rank:07d}",
        "rank": rank,
        "region": dice.choice(regions) if regions else None,
        "segment": "consumer",
        "tier": dice.choice(("key", "core")),
        "churn_probability": chance,
        "churn_probability_low": chance * 0.8,
        "churn_probability_high": min(chance * 1.2, 1),
        "churn_type": "cancelled",
        **curve,
        "expected_days_to_churn": dice.uniform(20, 70),
        "call_by": dt.date(2025, 6, dice.randint(5, 28)),
        "margin": dice.uniform(10, 90),
        "remaining_value": dice.uniform(200, 3000),
        "value_at_risk": dice.uniform(50, 900),
        "action": "discount",
        "channel": "call",
        "action_text": "Discount",
        "because": "3 price rises in 6 months",
        "offer_cost": dice.uniform(0, 20),
        "expected_gain": dice.uniform(1, 90),
        "reason_1": f"fee rose by {dice.randint(2, 30)} % in the last three months, more than in the region",
        "reason_2": "calls to competitors' networks up by 8% of all calls within a quarter",
        "reason_3": "competitor's price fell by 6% of ours in 3 months",
        "tenure_months": dice.randint(1, 90),
        "days_since_contact": dice.choice((None, 40)),
        "open_complaints": dice.choice((0, 0, 1)),
        "unaware_overspender": dice.random() < 0.1,
        "loyalty_type": dice.choice(LOYALTY_TYPES),
        "talking_points": " ".join(dice.sample(TALKING_POINTS, 3)),
    }


def _card_months(rank: int, dice: random.Random) -> Rows:
    return [
        {
            "subscriber_id": f"S{rank:07d}",
            "month": dt.date(2024 + (5 + month) // 12, (5 + month) % 12 + 1, 1),
            "voice_min": dice.uniform(0, 600),
            "data_mb": dice.uniform(0, 9000),
            "total_due": dice.uniform(20, 190),
        }
        for month in range(12)
    ]


def _of_contract(table: Table, regions: list[str], dice: random.Random) -> Rows:
    """Return the rows of a table of which no test asks more than its contract: a row for each key."""
    keys = itertools.product(*(_each(table.column(name), regions) for name in table.key))
    return [
        {column.name: _any(column, dice) for column in table.columns} | dict(zip(table.key, key, strict=True))
        for key in keys
    ]


def _each(column: Column, regions: list[str]) -> Sequence[Any]:
    """Return the values of a column of the key."""
    if column.name == "region":
        return regions
    return AS_OFS if column.dtype == "date" else column.allowed or ("one", "two")


def _any(column: Column, dice: random.Random) -> Any:
    """Return a value that the contract of a column allows."""
    low = 0 if column.low is None else column.low
    high = low + 1000 if column.high is None else column.high
    drawn = {
        "float64": dice.uniform(low, high),
        "int64": dice.randint(int(low), int(high)),
        "boolean": dice.random() < 0.5,
        "date": NOW,
        "string": dice.choice(column.allowed or ("one", "two")),
    }
    return drawn[column.dtype]
