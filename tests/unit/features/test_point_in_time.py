"""Every registered feature: what is known on or after as_of changes nothing, nor does row order or calendar year."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from tests.tables import feature_values, month_end

from savedesk.schemas import (
    bills,
    complaints,
    contacts,
    contracts,
    incidents,
    market,
    plan_changes,
    plans,
    status_changes,
    subscribers,
    surveys,
    usage,
)
from savedesk.schemas.usage import MEASURES
from savedesk.stages.features.declaration import features_of
from savedesk.stages.features.stage import FAMILIES

pytestmark = pytest.mark.xdist_group("point in time")  # what they share is made once

AS_OF = dt.date(2025, 7, 1)
LOST = (dt.date(2025, 2, 1), dt.date(2024, 11, 1))  # months of which most usage was never delivered
YEARS = 4  # a whole leap cycle keeps the length of every month
EVENTS = {
    plan_changes.TABLE: "changed_on",
    complaints.TABLE: "opened_at",
    surveys.TABLE: "surveyed_on",
    contacts.TABLE: "contacted_on",
    status_changes.TABLE: "changed_on",
}


def operator(seed=0, people=30):  # noqa: C901 - one block a table
    """Return random facts of 14 months, a third of them known only on or after as_of."""
    draw = random.Random(seed)  # noqa: S311 - facts, not secrets
    ids = [f"s{k:02d}" for k in range(people)]
    months = [dt.date(2024 + (5 + k) // 12, (5 + k) % 12 + 1, 1) for k in range(15)]  # 2024-06 to 2025-08

    def day(after=dt.date(2024, 6, 1), days=450):
        return after + dt.timedelta(days=draw.randrange(days))

    def later(start, chance=0.7):
        return start + dt.timedelta(days=draw.randrange(60)) if draw.random() < chance else None

    facts = {
        contract: []
        for contract in (
            subscribers.TABLE,
            plans.TABLE,
            usage.TABLE,
            bills.TABLE,
            contracts.TABLE,
            *EVENTS,
            incidents.TABLE,
            market.TABLE,
        )
    }
    for who in ids:
        start = draw.choice([None, day()])  # of the contract of today
        facts[subscribers.TABLE].append(
            {
                "subscriber_id": who,
                "account_id": draw.choice(ids[:10]),
                "region": draw.choice(["north", "south"]),
                "segment": draw.choice([None, "consumer", "business"]),
                "birth_year": draw.choice([None, 1980]),
                "activated_on": draw.choice([None, dt.date(2020, 1, 1), day(days=380)]),
                "contract_start": start,
                "contract_end": start and start + dt.timedelta(days=draw.randrange(700)),
                "payment_method": draw.choice(["card", None]),
                "acquisition_channel": draw.choice(["web", None]),
            }
        )
        for month in draw.sample(months, 12):
            facts[usage.TABLE].append(
                {
                    "subscriber_id": who,
                    "month": month,
                    "known_on": month_end(month) + dt.timedelta(days=draw.randrange(3)),
                }
                | {m.name: float(draw.choice([0, draw.randrange(100)])) for m in MEASURES if m.name != "active_days"}
                | {"active_days": float(draw.randrange(29))}
            )
        for month in draw.sample(months, 14):
            billed = month_end(month) + dt.timedelta(days=draw.choice([0, 0, 0, 1, 5]))
            paid = later(billed)
            facts[bills.TABLE].append(
                {"subscriber_id": who, "month": month, "billed_on": billed, "known_on": billed, "paid_on": paid}
                | {fee: float(draw.randrange(50)) for fee in ("plan_fee", "overage_fee", "vas_fee", "discount")}
                | {"other_fee": float(draw.choice([0, 0, 3])), "payment_method": draw.choice(["card", "app", None])}
                | {"discount_until": draw.choice([None, billed + dt.timedelta(days=draw.randrange(90))])}
                | {
                    "total_due": float(draw.choice([-20, 0, *range(20, 90)])),
                    "due_on": billed + dt.timedelta(days=14),
                    "paid_amount": paid and draw.choice([90.0, 20.0]),
                }
            )
        for contract, column in EVENTS.items():
            for happened in sorted({day() for _ in range(4)}):
                facts[contract].append(
                    {"subscriber_id": who, column: happened, "known_on": later(happened, 1)}
                    | details(draw, contract, later(happened))
                )
        facts[contracts.TABLE] += terms(random.Random(f"{seed} {who}"), who)  # noqa: S311 - facts, not secrets
    for number in range(8):
        on_sale = {"on_sale_from": draw.choice([None, day()]), "on_sale_until": draw.choice([None, None, day()])}
        prices = {name: draw.random() / 10 for name in ("price_per_min", "price_per_mb", "price_per_sms")}
        allowances = {f"included_{name}": draw.choice([None, 20.0]) for name in ("voice_min", "data_mb", "sms")}
        fees = {"plan_id": f"p{number}", "monthly_fee": float(draw.randrange(5, 60))}
        facts[plans.TABLE].append(fees | on_sale | prices | allowances)
    for region in ("north", "south"):
        for started in sorted({day() for _ in range(8 if region == "north" else 60)}):
            facts[incidents.TABLE].append(
                {
                    "region": region,
                    "started_at": started,
                    "known_on": started - dt.timedelta(days=draw.choice([0, 0, 9])),
                    "severity": draw.randint(1, 3),
                }
            )
        for month in months:
            facts[market.TABLE].append(
                {
                    "region": region,
                    "month": month,
                    "known_on": month_end(month),
                    "competitor_campaigns": draw.randrange(4),
                }
                | {"competitor_price_index": draw.random() + 0.5}
            )
    kept = [row for row in facts[usage.TABLE] if row["month"] not in LOST or row["subscriber_id"] < ids[people // 5]]
    facts[usage.TABLE] = kept
    for number, row in enumerate(facts[complaints.TABLE]):
        row["ticket_id"] = f"t{number:04d}"
    for number, row in enumerate(facts[contacts.TABLE]):
        row["contact_id"] = f"c{number:04d}"
    return facts


def terms(draw, who):
    """Return the contracts of a line, one after the other, signed up to forty days before they began."""
    start, rows = dt.date(2024, 6, 1) + dt.timedelta(days=draw.randrange(450)), []
    while start:
        signed, end = start - dt.timedelta(days=draw.randrange(40)), start + dt.timedelta(days=draw.randrange(400))
        rows.append({"subscriber_id": who, "contract_start": start, "contract_end": end, "known_on": signed})
        start = draw.choice([None, end + dt.timedelta(days=1)])
    return rows


def details(draw, contract, closed):
    if contract is complaints.TABLE:
        flags = {name: draw.choice([True, False, None]) for name in ("escalated", "reopened", "satisfied")}
        return {"closed_at": closed, "category": draw.choice(complaints.CATEGORIES), **flags}
    if contract is plan_changes.TABLE:
        fees = {"old_fee": float(draw.randrange(1, 50)), "new_fee": float(draw.randrange(1, 50))}
        return {"initiated_by": draw.choice(["operator", "subscriber"]), **fees}
    if contract is surveys.TABLE:
        return {
            "process": draw.choice(["overall", "network", "billing"]),
            "score": draw.randint(1, 10),
            "switch_intention": draw.choice([True, False, None]),
        }
    if contract is contacts.TABLE:
        said = draw.choice(["accepted", "declined", "not_reached", None])
        return {"arm": draw.choice(["treated", "control"]), "outcome": said}
    return {"status": draw.choice(["active", "cancelled", "ported_out", "suspended_arrears"])}


def known(facts):
    """Return the facts as they stood before as_of: later rows are not there, later payments have not been made."""
    kept = {}
    for contract, rows in facts.items():
        late = [(column.name, column.known_by) for column in contract.columns if column.known_by]
        kept[contract] = []
        for row in rows:
            if any(row.get(name) and row[name] >= AS_OF for name in ("known_on", "on_sale_from")):
                continue
            hidden = {name: None for name, by in late if row.get(by) and row[by] >= AS_OF}
            kept[contract].append(row | hidden)
    return kept


def shifted(facts):
    def move(value):
        return value.replace(year=value.year + YEARS) if isinstance(value, dt.date) else value

    moved = {c: [{name: move(value) for name, value in row.items()} for row in rows] for c, rows in facts.items()}
    for row in moved[subscribers.TABLE]:
        row["birth_year"] = row["birth_year"] and row["birth_year"] + YEARS
    return moved


@pytest.fixture(scope="module")
def facts():
    return operator()


@pytest.fixture(scope="module")
def features(facts):
    return feature_values(facts, str(AS_OF))


def test_the_facts_are_rich_enough_to_tell(features):
    """Without this the tests below could hold for want of values."""
    for name in next(iter(features.values())):
        if name not in {"segment", "region", "payment_method", "acquisition_channel", "zero_voice_months_6m"}:
            assert len({row[name] for row in features.values()}) > 1, name
    names = {feature.name for family in FAMILIES.values() for feature in features_of(family)}
    assert set(next(iter(features.values()))) == names


def test_facts_known_on_or_after_as_of_change_nothing(facts, features):
    before = known(facts)
    assert sum(map(len, before.values())) < sum(map(len, facts.values()))
    assert feature_values(before, str(AS_OF)) == features


def test_neither_row_order_nor_the_calendar_year_changes_anything(facts, features):
    draw = random.Random(1)  # noqa: S311 - an order, not a secret
    mixed = {contract: draw.sample(rows, len(rows)) for contract, rows in facts.items()}
    assert feature_values(shifted(mixed), str(AS_OF.replace(year=AS_OF.year + YEARS))) == features


def test_a_contract_that_was_renewed_or_signed_since_changes_nothing(facts, features):
    """Neither a row of ``contracts`` nor master data as of the extract tells an older month who has stayed since."""
    renewed = {
        "contract_start": AS_OF - dt.timedelta(days=40),
        "contract_end": AS_OF + dt.timedelta(days=700),
        "known_on": AS_OF,
    }
    everybody = facts[subscribers.TABLE]
    new = [{"subscriber_id": row["subscriber_id"]} | renewed for row in everybody]
    today = {"contract_start": AS_OF, "contract_end": renewed["contract_end"]}
    changed = {
        contracts.TABLE: [*facts[contracts.TABLE], *new],
        subscribers.TABLE: [row | today for row in everybody],
    }
    assert feature_values(facts | changed, str(AS_OF)) == features
