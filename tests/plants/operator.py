"""A clean invented operator of a hundred and thirty subscribers x 18 months, the same for a seed.

Victims are consumers, each with a region and an account of their own, and nobody else is a consumer: what is planted on
them moves no median of a segment, no region and no account of anybody else. Each has a row in every table.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random

from tests.plants.raw import Raw, Sheet

FIRST, MONTHS = dt.date(2023, 7, 1), 18
EXTRACTED = dt.date(2025, 1, 1)
VICTIMS, OTHERS = 60, 70
POOLS = ("gone", "notice", "young", "quiet", "alive")  # what there is to know of a victim
PLANS = {"P1": (10, 100, 1000), "P2": (20, 250, 4000), "P3": (35, 600, 12000), "P4": (60, 2000, 40000)}
SHEETS = {  # columns of a file, and beside each the column of its table where that is named otherwise
    "subscribers": (
        "id=subscriber_id account=account_id segment region city born=birth_year start=activated_on plan=plan_id "
        "pay=payment_method channel=acquisition_channel allowed=contact_allowed blocked=blocklisted"
    ),
    "status_changes": "id=subscriber_id day=changed_on status reason told=known_on",
    "usage": "id=subscriber_id month min=voice_min offnet=offnet_min calls sms mb=data_mb days=active_days",
    "bills": (
        "id=subscriber_id month billed=billed_on fee=plan_fee over=overage_fee vas=vas_fee other=other_fee discount "
        "total=total_due due=due_on paid=paid_on amount=paid_amount"
    ),
    "complaints": "ticket=ticket_id id=subscriber_id opened=opened_at closed=closed_at category escalated",
    "contacts": "contact=contact_id id=subscriber_id day=contacted_on channel action arm outcome cost",
    "plan_changes": "id=subscriber_id day=changed_on old=old_plan_id new=new_plan_id old_fee new_fee who=initiated_by",
    "surveys": "id=subscriber_id day=surveyed_on process score leaving=switch_intention",
    "contracts": "id=subscriber_id start=contract_start end=contract_end told=known_on",
    "incidents": "region since=started_at till=ended_at severity",
    "plans": "plan=plan_id name fee=monthly_fee minutes=included_voice_min mb=included_data_mb price=price_per_mb",
}


@dataclass(frozen=True)
class _Line:
    """One subscriber: who they are, what becomes of them, and from when on."""

    who: str
    victim: bool
    fate: str
    pool: str
    end: dt.date
    start: dt.date
    plan: str
    region: str


def operator(seed: int = 7) -> Raw:
    """Return the raw files of the operator."""
    random = Random(seed)  # noqa: S311 - a test's own draw
    sheets = {table: _sheet(columns) for table, columns in SHEETS.items()}
    lines = [_line(number, random) for number in range(VICTIMS + OTHERS)]
    for line in lines:
        _write_line(sheets, line, random)
    for region in dict.fromkeys(line.region for line in lines):
        for back in (200, 40):
            day = EXTRACTED - dt.timedelta(days=back + random.randrange(30))
            sheets["incidents"].rows.append(
                [region, str(day), str(day + dt.timedelta(days=2)), str(random.randint(1, 3))]
            )
    for plan, (fee, minutes, mb) in PLANS.items():
        sheets["plans"].rows.append([plan, f"Plan {fee}", f"{fee}.00", str(minutes), str(mb), "0.01"])
    victims = [line for line in lines if line.victim]
    pools = {pool: tuple(line.who for line in victims if line.pool == pool) for pool in POOLS}
    return Raw(sheets, EXTRACTED, pools, frozenset(pools["gone"] + pools["notice"] + pools["quiet"]))


def _sheet(columns: str) -> Sheet:
    pairs = [column.split("=") for column in columns.split()]
    select = ", ".join(f'"{pair[0]}" AS {pair[-1]}' for pair in pairs)
    return Sheet(tuple(pair[0] for pair in pairs), select)


def _line(number: int, random: Random) -> _Line:
    victim = number < VICTIMS
    pool = POOLS[min(number % 9, len(POOLS) - 1)] if victim else ""
    who = f"49151{number:05d}" if number % 2 else f"Kx{number:05d}"
    if victim:
        fate = pool if pool in ("gone", "notice") else "alive"
    else:
        fate = ("alive", "alive", "gone", "alive", "arrears", "alive", "dormant")[number % 7]
    end = FIRST + dt.timedelta(days=random.randint(260, 470))
    start = FIRST - dt.timedelta(days=random.randint(-150, 1500))
    if pool == "young":
        start = dt.date(2024, 7, 1) + dt.timedelta(days=random.randint(0, 60))
    region = f"Vale{number:02d}" if victim else ("North", "South", "East")[number % 3]
    return _Line(who, victim, fate, pool, end, start, random.choice(list(PLANS)), region)


def _write_line(sheets: dict[str, Sheet], line: _Line, random: Random) -> None:
    segment = "consumer" if line.victim else random.choice(["business", "key_account"])
    blank = _is_sparse(line)
    sheets["subscribers"].rows.append(
        [
            *(line.who, "" if blank else f"A{line.who}", segment, line.region, "" if blank else "Town"),
            *(str(random.randint(1940, 2004)), str(line.start), line.plan, random.choice(["app", "shop"])),
            *(random.choice(["store", "online"]), random.choice(["yes", ""]), "no"),
        ]
    )
    sheets["status_changes"].rows.append([line.who, str(line.start), "active", "", str(line.start)])
    if line.fate in ("gone", "arrears"):
        status = "cancelled" if line.fate == "gone" else "suspended_arrears"
        sheets["status_changes"].rows.append([line.who, str(line.end), status, "moved", str(line.end)])
    if line.fate == "notice":
        sheets["status_changes"].rows.append([line.who, "2025-02-15", "cancelled", "price", "2024-12-12"])
    _write_months(sheets, line, random)
    _write_events(sheets, line, random)


def _is_sparse(line: _Line) -> bool:
    """Return whether neither account nor city of a victim is known, and a complaint is open."""
    return line.victim and line.who.endswith(("3", "4"))


def _write_months(sheets: dict[str, Sheet], line: _Line, random: Random) -> None:
    level, fee = random.uniform(50, 400), PLANS[line.plan][0]
    for place in range(MONTHS):
        month = _month(place)
        billed = _month(place + 1) - dt.timedelta(days=1)
        there = line.fate in ("alive", "notice") or month < line.end
        if billed <= line.start or not (there or line.fate == "dormant"):
            continue
        falling = 0.5 if line.fate != "alive" and (line.end - month).days < 120 else 1.0
        voice = level * falling * random.uniform(0.8, 1.2)
        if there:
            cells = [
                voice,
                voice * random.uniform(0.2, 0.6),
                voice / 3,
                random.uniform(1, 60),
                level * falling * random.uniform(8, 12),
            ]
            sheets["usage"].rows.append(
                [line.who, str(month), *(f"{cell:.2f}" for cell in cells), str(random.randint(8, 28))]
            )
        over = random.choice([0, 0, 0, round(random.uniform(1, 9), 2)])
        discount = random.choice([0, 2])
        total, paid = fee + over + 1.5 - discount, billed + dt.timedelta(days=7)
        amounts = [f"{amount:.2f}" for amount in (fee, over, 1.5, 0, discount, total)]
        settled = [str(paid), f"{total:.2f}"] if paid < EXTRACTED else ["", ""]
        sheets["bills"].rows.append(
            [line.who, str(month), str(billed), *amounts, str(billed + dt.timedelta(days=14)), *settled]
        )


def _write_events(sheets: dict[str, Sheet], line: _Line, random: Random) -> None:
    last = line.end if line.fate in ("gone", "arrears", "dormant") else EXTRACTED

    def day(most: int, least: int = 40) -> dt.date:
        return max(last - dt.timedelta(days=random.randint(least, most)), line.start + dt.timedelta(days=3))

    for number in range(2 if line.victim else random.choice([0, 0, 1, 3])):
        opened = day(170)
        closed = str(opened + dt.timedelta(days=random.randint(1, 20)))
        closed = "" if number == 1 and _is_sparse(line) else closed
        category = random.choice(["network", "billing", "price", "store"])
        sheets["complaints"].rows.append(
            [f"T{line.who}{number}", line.who, str(opened), closed, category, random.choice(["yes", "no"])]
        )
    if line.victim or random.random() < 0.4:
        outcome = random.choice(["accepted", "refused", "no_answer"])
        sheets["contacts"].rows.append(
            [
                f"C{line.who}",
                line.who,
                str(day(12, 8) if line.pool == "quiet" else day(170)),
                "call",
                "check_in",
                "treated",
                outcome,
                "1.00",
            ]
        )
        at, fee = day(170), PLANS[line.plan][0]
        sheets["plan_changes"].rows.append(
            [line.who, str(at), line.plan, line.plan, f"{fee - 1}.00", f"{fee}.00", "operator"]
        )
        sheets["surveys"].rows.append(
            [line.who, str(day(300)), "overall", str(random.randint(1, 10)), random.choice(["yes", "no"])]
        )
        begun = max(line.start, FIRST) + dt.timedelta(days=len(sheets["contracts"].rows) % 60)
        sheets["contracts"].rows.append([line.who, str(begun), str(begun + dt.timedelta(days=730)), str(begun)])


def _month(place: int) -> dt.date:
    number = FIRST.year * 12 + FIRST.month - 1 + place
    return dt.date(number // 12, number % 12 + 1, 1)
