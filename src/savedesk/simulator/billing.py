"""What each line pays in a month, and when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from savedesk.params.simulator import SimulatorParams
from savedesk.simulator.calendar import last_day
from savedesk.simulator.leaving import cure_chance
from savedesk.simulator.lines import Lines, Vector

NEVER = np.iinfo(np.int64).max // 4


@dataclass(frozen=True)
class Bills:
    """The bills of a month: money by part, due day, day of payment (NEVER while unpaid), bill shock in logs.

    ``settles`` marks the lines that pay their older bills on the same day; ``discount_until`` is the last day of the
    discount (NEVER without one).
    """

    parts: dict[str, Vector]
    due: Vector
    paid: Vector
    settles: Vector
    shock: Vector
    discount_until: Vector


def month_of_bills(
    params: SimulatorParams, draw: np.random.Generator, lines: Lines, used: dict[str, Vector], month: int
) -> Bills:
    """Return the month's bills and move the own mean bill, the discount and the unpaid bills on."""
    parts = _parts(params, draw, lines, used)
    total = parts["total_due"]
    shock = np.log((total + 1) / (np.where(lines["mean_bill"] > 0, lines["mean_bill"], total) + 1))
    kept = params.billing.mean_bill_memory
    lines["mean_bill"] = np.where(lines["mean_bill"] > 0, kept * lines["mean_bill"] + (1 - kept) * total, total)
    left = lines["discount_left"].astype(np.int64)
    last = np.array([NEVER, *(last_day(month + more) for more in range(int(left.max(initial=0))))])
    until = last[left]
    lines["discount_left"] = np.maximum(0, lines["discount_left"] - 1)
    due = np.full(len(lines), last_day(month) + params.billing.due_days)
    paid, settles = _payments(params, draw, lines, np.maximum(shock, 0), due)
    return Bills(parts, due, paid, settles, shock, until)


def _parts(
    params: SimulatorParams, draw: np.random.Generator, lines: Lines, used: dict[str, Vector]
) -> dict[str, Vector]:
    money, plans, plan = params.billing, params.plans, lines["plan"]
    price = {
        name: np.array([getattr(tariff, name) for tariff in plans])[plan]
        for name in type(plans[0]).model_fields
        if name not in {"plan_id", "name"}
    }
    fee = (price["monthly_fee"] * lines["fee_factor"]).round(2)
    beyond = (
        price["price_per_min"] * np.maximum(0, used["voice_min"] - price["included_voice_min"])
        + price["price_per_mb"] * np.maximum(0, used["data_mb"] - price["included_data_mb"])
        + price["price_per_sms"] * np.maximum(0, used["sms"] - price["included_sms"])
    )
    odd = draw.random(len(lines)) < money.other_chance
    discount = np.where(lines["discount_left"] > 0, fee * money.discount_rate, 0.0).round(2)
    parts = {
        "plan_fee": fee,
        "overage_fee": np.minimum(beyond, money.overage_cap * fee).round(2),
        "vas_fee": (lines["vas_of_fee"] * fee).round(2),
        "other_fee": np.where(odd, np.abs(draw.normal(0, money.other_sd, len(lines))), 0.0).round(2),
        "discount": discount,
    }
    fees = parts["plan_fee"] + parts["overage_fee"] + parts["vas_fee"] + parts["other_fee"]
    return parts | {"total_due": (fees - discount).round(2)}


def _payments(
    params: SimulatorParams, draw: np.random.Generator, lines: Lines, shock: Vector, due: Vector
) -> tuple[Vector, Vector]:
    """Return the day of payment and who settles older bills. Who stops paying pays nothing until cured."""
    money, count = params.billing, len(lines)
    stops = money.skip_rate * lines["careless"] * np.exp(money.skip_bill_shock * shock)
    stopped = lines["stopped"] | (draw.random(count) < np.minimum(stops, money.skip_rate_max))
    cured = stopped & (draw.random(count) < cure_chance(params, lines["unpaid"]))
    lines["stopped"] = stopped & ~cured
    lines["unpaid"] = np.where(lines["stopped"], lines["unpaid"] + 1, 0)
    late = draw.random(count) < np.minimum(money.late_max, money.late_share * lines["careless"])
    early = due - draw.integers(0, money.due_days - 1, count)
    day = np.where(late, due + 1 + draw.exponential(money.late_days, count).astype(np.int64), early)
    return np.where(lines["stopped"], NEVER, day), cured
