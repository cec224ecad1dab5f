"""Faults of status changes, complaints, contacts, plan changes, surveys, contracts and incidents."""

from __future__ import annotations

from random import Random

from tests.plants.fault import GARBAGE_DAYS, PLACEHOLDERS, SENTINELS, Marks, a_row, cell, fault, spelled_with_letters
from tests.plants.raw import Raw

STATUS = "status_changes"


def _exit(raw: Raw, who: str, **values: str) -> None:
    raw[STATUS].put(raw[STATUS].of(who)[-1], **values)


@fault("status: unknown word", "gone")
def _unknown_word(raw: Raw, who: str, random: Random) -> Marks:
    _exit(raw, who, status=random.choice(["deactivated", "churned", "canceled", "", "5"]))
    return None


@fault("status: other case", "gone")
def _other_case(raw: Raw, who: str, random: Random) -> Marks:
    _exit(raw, who, status=random.choice(["CANCELLED", "Cancelled "]))
    return None


@fault("status: garbage day", "gone")
def _garbage_day(raw: Raw, who: str, random: Random) -> Marks:
    _exit(raw, who, day=random.choice(["", *GARBAGE_DAYS]), told="")
    return None


@fault("status: garbage day on which it was known", "gone")
def _garbage_known(raw: Raw, who: str, random: Random) -> Marks:
    _exit(raw, who, told=random.choice(GARBAGE_DAYS))
    return None


@fault("status: an exit twice with other reasons", "gone")
def _twice(raw: Raw, who: str, random: Random) -> Marks:
    raw[STATUS].copy(raw[STATUS].of(who)[-1], reason=random.choice(["", "price"]))
    return None


@fault("status: an exit of nobody", "gone", owner_lost=True)
def _of_nobody(raw: Raw, who: str, random: Random) -> Marks:
    _exit(raw, who, id=random.choice(["", *PLACEHOLDERS]), reason=f"why {who}")
    return (f"why {who}",)


@fault("status: a field too many", "gone")
def _field_too_many(raw: Raw, who: str, random: Random) -> Marks:
    raw[STATUS].of(who)[-1].insert(random.randint(1, 4), "x")
    return None


@fault("status: notice without the day on which it was known", "notice", filled=True)
def _notice_blank(raw: Raw, who: str, random: Random) -> Marks:
    assert random
    _exit(raw, who, told="")
    return None


@fault("status: notice with a garbage day on which it was known", "notice")
def _notice_garbage(raw: Raw, who: str, random: Random) -> Marks:
    _exit(raw, who, told=random.choice(GARBAGE_DAYS))
    return None


@fault("status: notice with a garbage day of the exit", "notice")
def _notice_day(raw: Raw, who: str, random: Random) -> Marks:
    _exit(raw, who, day=random.choice(GARBAGE_DAYS))
    return None


@fault("status: exit on a placeholder day")
def _placeholder_exit(raw: Raw, who: str, random: Random) -> Marks:
    raw[STATUS].copy(raw[STATUS].of(who)[-1], day=random.choice(SENTINELS), status="cancelled", told="2024-06-01")
    return None


cell("complaints: garbage closing day", "complaints", "closed", GARBAGE_DAYS)
cell("complaints: closed before it was opened", "complaints", "closed", ("2020-01-01",))
cell("complaints: garbage opening day", "complaints", "opened", GARBAGE_DAYS)
cell("complaints: placeholder opening day", "complaints", "opened", SENTINELS)
cell("complaints: unknown category", "complaints", "category", ("weather", "", "NETWORK?", "9"))
cell("complaints: category in capitals", "complaints", "category", ("NETWORK", "Billing"))
cell("complaints: neither yes nor no", "complaints", "escalated", ("perhaps", "2", "ja"))
cell("complaints: without a number", "complaints", "ticket", ("", "  "))
cell("contacts: garbage day", "contacts", "day", GARBAGE_DAYS)
cell("contacts: placeholder day", "contacts", "day", SENTINELS)
cell("contacts: garbage day of one within the quiet days", "contacts", "day", GARBAGE_DAYS, "quiet")
cell("contacts: unknown arm", "contacts", "arm", ("test", "", "A"))
cell("contacts: unknown arm of one within the quiet days", "contacts", "arm", ("test", "", "A"), "quiet")
cell("contacts: decimal comma in the cost", "contacts", "cost", ("1,00", "EUR 1"))
cell("plan changes: by neither of the two", "plan_changes", "who", ("system", "", "customer"))
cell("plan changes: garbage fee", "plan_changes", "new_fee", ("12,50", "#N/A", "-3"))
cell("plan changes: garbage day", "plan_changes", "day", GARBAGE_DAYS)
cell("plan changes: placeholder day", "plan_changes", "day", SENTINELS)
cell("surveys: score beyond the scale", "surveys", "score", ("11", "0", "-1", "99"))
cell("surveys: score between two points", "surveys", "score", ("7.5", "7,5", "8/10"))
cell("surveys: garbage day", "surveys", "day", GARBAGE_DAYS)
cell("surveys: unknown process", "surveys", "process", ("app", "", "Overall?"))
cell("contracts: garbage end", "contracts", "end", GARBAGE_DAYS)
cell("contracts: placeholder end", "contracts", "end", ("9999-12-31", "2999-12-31"))
cell("contracts: end before the start", "contracts", "end", ("2001-01-01",))
cell("contracts: garbage start", "contracts", "start", GARBAGE_DAYS)


def _open(raw: Raw, who: str) -> bool:
    return any(not raw["complaints"].get(row, "closed") for row in raw["complaints"].of(who))


@fault("complaints: open, with a placeholder for the closing day", fits=_open)
def _still_open(raw: Raw, who: str, random: Random) -> Marks:
    for row in raw["complaints"].of(who):
        if not raw["complaints"].get(row, "closed"):
            raw["complaints"].put(row, closed=random.choice(("9999-12-31", "-", "NULL")))
    return None


@fault("complaints: a number twice with other content")
def _ticket_twice(raw: Raw, who: str, random: Random) -> Marks:
    raw["complaints"].copy(a_row(raw, "complaints", who, random), category="other")
    return None


@fault("complaints: id in other case", owner_lost=True, fits=spelled_with_letters)
def _complaint_case(raw: Raw, who: str, random: Random) -> Marks:
    raw["complaints"].put(a_row(raw, "complaints", who, random), id=who.upper())
    return (who.upper(),)


@fault("complaints: a text that ends no line")
def _text_with_line_end(raw: Raw, who: str, random: Random) -> Marks:
    row = a_row(raw, "complaints", who, random)
    raw["complaints"].put(row, category=random.choice(["network\nslow", "price, too\r\nhigh"]))
    return None


@fault("plan changes: two contradicting rows of a day")
def _plan_change_twice(raw: Raw, who: str, random: Random) -> Marks:
    raw["plan_changes"].copy(a_row(raw, "plan_changes", who, random), new_fee="99.00")
    return None


def _region(raw: Raw, who: str) -> str:
    people = raw["subscribers"]
    return people.get(people.of(who)[0], "region")


def _incident(name: str, values: dict[str, tuple[str, ...]]) -> None:
    def change(raw: Raw, who: str, random: Random) -> Marks:
        region = _region(raw, who)
        row = raw["incidents"].of(region, "region")[-1]
        raw["incidents"].put(row, **{column: random.choice(texts) for column, texts in values.items()})
        return (region, region.upper())

    fault(name)(change)


_incident("incidents: severity beyond the scale", {"severity": ("9", "0", "high")})
_incident("incidents: garbage last day", {"till": GARBAGE_DAYS})
_incident("incidents: garbage first day", {"since": GARBAGE_DAYS})


@fault("incidents: region in capitals", owner_lost=True)
def _incident_region(raw: Raw, who: str, random: Random) -> Marks:
    region = _region(raw, who)
    raw["incidents"].put(random.choice(raw["incidents"].of(region, "region")), region=region.upper())
    return (region.upper(),)
