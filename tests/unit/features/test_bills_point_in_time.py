"""Features of bills know nothing of later bills and corrections, whatever the rhythm."""

from __future__ import annotations

import datetime as dt
import random

from tests.spec.pages import FEATURES
from tests.tables import feature_values

from savedesk.schemas import bills, subscribers

AS_OF = dt.date(2025, 7, 1)
NAMES = [name for name, page in FEATURES.items() if page.basis in {"bills", "payments"}]


def month_of(number: int) -> dt.date:
    return dt.date(number // 12, number % 12 + 1, 1)


def bills_of(who: str, dice: random.Random) -> list[dict]:
    """Return bills of a subscriber: some rhythm, gaps, lateness, several of a month, corrections, periods."""
    rows, number = [], 2023 * 12 + dice.randrange(24)
    rhythm = dice.choice([[1], [1], [1, 1, 1, 2], [3], [12], [1, 0, 1], [1, 4]])
    while number < 2026 * 12:
        month = month_of(number)
        day = month + dt.timedelta(days=dice.randrange(28))
        lag = dice.choice([0, 0, 0, 10, 70])
        due = dice.choice([None, day + dt.timedelta(days=14)])
        amount = float(dice.choice([30, 30, 30, 60, 90, 0]))
        begun = dice.choice([None, None, month, day])
        bill = {
            "subscriber_id": who,
            "month": month,
            "billed_on": day,
            "bill_id": f"{who}{len(rows)}",
            "plan_fee": amount,
            "due_on": due,
            "paid_on": dice.choice([None, day + dt.timedelta(days=dice.randrange(60))]),
            "known_on": day + dt.timedelta(days=lag),
            "corrects": None,
            "period_start": begun,
            "period_end": begun and begun + dt.timedelta(days=dice.choice([10, 29, 40, 60, 90])),
        }
        rows.append(bill)
        if dice.random() < 0.15:
            known = bill["known_on"] + dt.timedelta(days=dice.randrange(90))
            note = {"plan_fee": -dice.choice([10.0, amount]), "known_on": known, "billed_on": known, "due_on": None}
            rows.append(bill | note | {"bill_id": f"{who}{len(rows)}", "corrects": bill["bill_id"], "paid_on": None})
        number += dice.choice(rhythm)
    return rows


def test_what_becomes_known_later_changes_nothing():
    dice = random.Random(21)  # noqa: S311 - no secret
    people = [{"subscriber_id": f"s{k:02}", "activated_on": dt.date(2022, 1, 1)} for k in range(40)]
    rows = [row for person in people for row in bills_of(person["subscriber_id"], dice)]
    known = [row for row in rows if row["known_on"] < AS_OF]
    assert len(known) < len(rows)
    whole, cut = (
        feature_values({subscribers.TABLE: people, bills.TABLE: given}, str(AS_OF), NAMES) for given in (rows, known)
    )
    assert whole == cut
