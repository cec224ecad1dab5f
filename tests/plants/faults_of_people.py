"""Faults of the subscribers' own rows, and of ids."""

from __future__ import annotations

from random import Random

from tests.plants.fault import GARBAGE_DAYS, PLACEHOLDERS, Marks, cell, fault, of_cell
from tests.plants.raw import Raw

PEOPLE = "subscribers"
cell("subscribers: garbage activation", PEOPLE, "start", GARBAGE_DAYS)
cell("subscribers: placeholder activation", PEOPLE, "start", ("1900-01-01", "9999-12-31", "0001-01-01"))
cell("subscribers: activation to come", PEOPLE, "start", ("2025-06-01",))
cell("subscribers: neither yes nor no to contacts", PEOPLE, "allowed", ("perhaps", "2", "nein", "X"))
cell("subscribers: neither yes nor no to a block", PEOPLE, "blocked", ("maybe", "-1", "ja"))
cell("subscribers: unknown segment", PEOPLE, "segment", ("platinum", "B2C", "CONSUMER", "residential"))
cell("subscribers: placeholder segment", PEOPLE, "segment", PLACEHOLDERS)
cell("subscribers: impossible year of birth", PEOPLE, "born", ("1880", "9999", "n/a", "19 72", "1972-05-01"))
cell("subscribers: unknown plan", PEOPLE, "plan", ("P9", "p1", "P01"))
cell("subscribers: placeholder region", PEOPLE, "region", PLACEHOLDERS)
cell("subscribers: text too long", PEOPLE, "city", ("x" * 2000,))


def _without_account(raw: Raw, who: str) -> bool:
    return not raw[PEOPLE].get(raw[PEOPLE].of(who)[0], "account")


@fault("subscribers: placeholder account", fits=_without_account)
def _account(raw: Raw, who: str, random: Random) -> Marks:
    value = random.choice(PLACEHOLDERS)
    raw[PEOPLE].put(raw[PEOPLE].of(who)[0], account=value)
    return of_cell(raw, PEOPLE, who, "account", value)


@fault("subscribers: one placeholder for the account of many", "", alone=True)
def _shared_account(raw: Raw, who: str, random: Random) -> Marks:
    assert not who
    placeholder = random.choice(PLACEHOLDERS)
    for row in raw[PEOPLE].texts():
        if not raw[PEOPLE].get(row, "account"):
            raw[PEOPLE].put(row, account=placeholder)
    return ("account",)


@fault("subscribers: placeholder city", fits=_without_account)
def _city(raw: Raw, who: str, random: Random) -> Marks:
    value = random.choice(PLACEHOLDERS)
    raw[PEOPLE].put(raw[PEOPLE].of(who)[0], city=value)
    return of_cell(raw, PEOPLE, who, "city", value)


@fault("subscribers: region in capitals")
def _region(raw: Raw, who: str, random: Random) -> Marks:
    row = raw[PEOPLE].of(who)[0]
    region = raw[PEOPLE].get(row, "region")
    written = random.choice([region.upper(), region.lower()])
    raw[PEOPLE].put(row, region=written)
    return (written, who)


@fault("subscribers: two contradicting rows")
def _contradicting(raw: Raw, who: str, random: Random) -> Marks:
    raw[PEOPLE].copy(raw[PEOPLE].of(who)[0], plan=random.choice(["P1", "P2"]), start="2024-02-02")
    return None


@fault("subscribers: a row twice")
def _copied(raw: Raw, who: str, random: Random) -> Marks:
    assert random
    raw[PEOPLE].copy(raw[PEOPLE].of(who)[0])
    return None


@fault("subscribers: row lost")
def _lost(raw: Raw, who: str, random: Random) -> Marks:
    assert random
    raw[PEOPLE].drop(raw[PEOPLE].of(who)[0])
    return None


@fault("subscribers: a field too few")
def _field_too_few(raw: Raw, who: str, random: Random) -> Marks:
    assert random
    del raw[PEOPLE].of(who)[0][-1]
    return None


@fault("subscribers: blank id")
def _blank_id(raw: Raw, who: str, random: Random) -> Marks:
    raw[PEOPLE].put(raw[PEOPLE].of(who)[0], id=random.choice(["", " "]))
    return None


@fault("subscribers: id twice in different case")
def _id_in_two_cases(raw: Raw, who: str, random: Random) -> Marks:
    other = who.upper() if who.upper() != who else f"0{who}"
    raw[PEOPLE].copy(
        raw[PEOPLE].of(who)[0], id=other, account=f"A{other}", start=random.choice(["2024-02-02", "2023-02-02"])
    )
    return (other,)


def _history_of_another(raw: Raw, who: str, random: Random) -> Marks:
    """The number was another's until the activation, who complained, owed and was contacted."""
    before = random.choice(["2024-05-20", "2024-06-10"])
    raw["complaints"].copy(raw["complaints"].of(who)[0], ticket=f"old{who}", opened=before, closed="")
    raw["contacts"].copy(raw["contacts"].of(who)[0], contact=f"old{who}", day=before)
    raw["surveys"].copy(raw["surveys"].of(who)[0], day=before, score="1")
    bill = raw["bills"].of(who)[0]
    raw["bills"].copy(bill, month="2024-05-01", billed="2024-05-31", due="2024-06-14", paid="", amount="")
    raw["usage"].copy(raw["usage"].of(who)[0], month="2024-05-01", min="9999.00", mb="99999.00")
    return None


fault("a number given up and activated anew", "young")(_history_of_another)

ROWS = {
    "subscribers": {"account": "", "segment": "", "region": "", "start": ""},
    "usage": {"min": "99999.00", "mb": "999999.00"},
    "bills": {"fee": "9000.00", "over": "0", "vas": "0", "other": "0", "discount": "0", "total": "9000.00"},
}


@fault("a row of totals in every file", "")
def _totals(raw: Raw, who: str, random: Random) -> Marks:
    assert not who
    name = random.choice(["TOTAL", "Total", "Grand total", "Sum", "Summe", "\u5408\u8ba1"])
    for table, values in ROWS.items():
        sheet = raw[table]
        for row in [row for row in list(sheet.texts()) if row[sheet.columns.index("id")] == raw.pools["alive"][0]]:
            sheet.rows.append(list(row))
            sheet.put(list(sheet.texts())[-1], id=name, **values)
    return (name,)


@fault("a blank row in every file", "")
def _blank_rows(raw: Raw, who: str, random: Random) -> Marks:
    assert random
    assert not who
    for sheet in raw.sheets.values():
        sheet.rows.append(b"," * (len(sheet.columns) - 1))
    return ("required:",)


HOSTILE = (
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "'; DROP TABLE usage; --",
    "{{7*7}}",
    "..\\..\\etc",
    "%s%n",
    "id\u202eabc",
)


@fault("a hostile text for an id")
def _hostile(raw: Raw, who: str, random: Random) -> Marks:
    other = f"{random.choice(HOSTILE)} {who}"
    for sheet in raw.sheets.values():
        for row in sheet.of(who) if "id" in sheet.columns else []:
            sheet.put(row, id=other)
    return (f"renamed:{other}",)
