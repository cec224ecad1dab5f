"""Whether a fault is named or harmless, and whether what is named is unknown rather than its opposite."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from savedesk.stages.features.declaration import features_of
from savedesk.stages.features.facts import EVENTS, STATUSES
from savedesk.stages.features.stage import FAMILIES
from tests.plants.fault import TOGETHER, Fault
from tests.plants.pipeline import Outputs
from tests.plants.raw import Raw

MOST_BYSTANDERS = 3  # that are told of one by one
RECEIPT = "receipt"
NULLS = ("None", "nan")
RENAMED = "renamed:"
_EVERY = [feature for family in FAMILIES.values() for feature in features_of(family)]
COUNTED = {feature.name for feature in _EVERY if feature.basis in {*EVENTS, STATUSES, "payments"}}
SILENCES = {
    feature.name
    for feature in _EVERY
    if feature.meaning.startswith(("Months without", "Newest months in a row without"))
}
PEERS = frozenset(feature.name for feature in _EVERY if "segment" in feature.meaning and feature.basis == "bills")


@dataclass(frozen=True)
class Plant:
    """A fault planted on a victim; ``marks`` are texts of which one names it."""

    fault: Fault
    victim: str
    marks: tuple[str, ...]

    @property
    def now(self) -> str:
        """Id of the victim in what comes out."""
        renamed = [mark.removeprefix(RENAMED) for mark in self.marks if mark.startswith(RENAMED)]
        return renamed[0] if renamed else self.victim

    def __str__(self) -> str:
        return f"{self.fault.name} (on {self.victim or 'nobody'})"


def named(plant: Plant, dirty: Outputs) -> bool:
    """Return whether anything that is said names the fault."""
    marks = [mark.removeprefix(RENAMED).split(TOGETHER) for mark in plant.marks]
    return any(all(part in text for part in mark) for text in (*dirty.said, dirty.refused) for mark in marks)


def changes(clean: Outputs, dirty: Outputs, who: str, now: str = "", peers: frozenset[str] = PEERS) -> list[str]:
    """Return what differs of a subscriber, as lines of what it was and what it is; features ``peers`` apart."""
    now, lines = now or who, []
    hidden = peers | ({RECEIPT} if now != who else set())  # a receipt has the id in it
    was, is_ = clean.labels.get(who, {}), dirty.labels.get(now, {})
    parts = [
        ("features", clean.features.get(who, {}), dirty.features.get(now, {})),
        ("decision", clean.decisions.get(who, {}), dirty.decisions.get(now, {})),
        ("list", clean.listed.get(who, {}), dirty.listed.get(now, {})),
        *((f"label of {day}", was.get(day, {}), is_.get(day, {})) for day in sorted({*was, *is_})),
    ]
    for name, old, new in parts:
        if not (old and new):
            lines += (
                [] if old == new else [f"{name}: {'there' if old else 'absent'}, now {'there' if new else 'absent'}"]
            )
            continue
        lines += [
            f"{name}: {key} was {old.get(key)}, is {new.get(key)}"
            for key in old | new
            if key not in hidden and not _same(old.get(key), new.get(key), {who, now})
        ]
    return lines


def _same(old: str | None, new: str | None, ids: Iterable[str]) -> bool:
    """Return whether two values are equal; a zero with a minus is a zero, and a renamed subscriber the same."""
    if old == new or {old, new} == {"0.0", "-0.0"}:
        return True
    return {old, new} == {repr(who) for who in ids}


def opposites(clean: Outputs, dirty: Outputs, plant: Plant, raw: Raw) -> list[str]:
    """Return where a fault that is named was read as its opposite: what is lost must be unknown or as it was.

    A label may become unknown, but no other one. A count of events may become unknown; so may a run of silent months,
    or shorter. Whom a rule keeps off the list must not come onto it.
    """
    who, now = plant.victim, plant.now
    lines = []
    for day, row in dirty.labels.get(now, {}).items():
        churned = clean.labels.get(who, {}).get(day, {}).get("churned", "None")
        if row["churned"] not in ("None", churned):
            lines.append(f"label of {day}: churned was {churned}, is {row['churned']}")
    before, after = clean.features.get(who, {}), dirty.features.get(now, {})
    for name in sorted((COUNTED | SILENCES) & set(before) & set(after)):
        old, new = before[name], after[name]
        fewer = name in SILENCES and old not in NULLS and new not in NULLS and float(new) < float(old)
        if not (_same(old, new, ()) or new in NULLS or fewer):
            lines.append(f"features: {name} was {old}, is {new}")
    if who in raw.barred and now in dirty.listed:
        lines.append("on the list, though a rule keeps them off it")
    return lines


def faults_found(clean: Outputs, dirty: Outputs, plants: Sequence[Plant], raw: Raw) -> list[str]:
    """Return a text for each fault that is silent or read as its opposite, and for others who changed."""
    if dirty.refused:
        return [f"refused without a name: {dirty.refused}"] if not any(named(plant, dirty) for plant in plants) else []
    texts: list[str] = []
    for plant in plants:
        changed = changes(clean, dirty, plant.victim, plant.now) if plant.victim else _strangers(clean, dirty, plants)
        if changed and not plant.fault.filled and not named(plant, dirty):
            texts.append("\n    ".join([f"SILENT {plant}, marks {plant.marks}", *changed[:8]]))
        elif changed and plant.victim and not plant.fault.owner_lost:
            wrong = opposites(clean, dirty, plant, raw)
            texts += ["\n    ".join([f"OPPOSITE {plant}", *wrong[:8]])] if wrong else []
    if any(plant.fault.alone for plant in plants):
        return texts
    known = {id_ for plant in plants for id_ in (plant.victim, plant.now, *plant.marks)}
    moved = []
    for who in sorted((clean.everybody | dirty.everybody) - known):
        beside = any(who in pool for pool in raw.pools.values())  # of the victims' segment, whose median has changed
        changed = changes(clean, dirty, who, peers=PEERS if beside else frozenset())
        if changed:
            moved.append("\n    ".join([f"BYSTANDER {who}", *changed[:8]]))
    more = [f"BYSTANDER: {len(moved)} in all"] if len(moved) > MOST_BYSTANDERS else []
    return texts + moved[:MOST_BYSTANDERS] + more


def _strangers(clean: Outputs, dirty: Outputs, plants: Sequence[Plant]) -> list[str]:
    """Return what differs where a fault has no victim: everybody if it is alone, else those who are new."""
    if any(plant.fault.alone for plant in plants):
        everybody = sorted(clean.everybody | dirty.everybody)
        return [f"{who}: {line}" for who in everybody for line in changes(clean, dirty, who)[:2]]
    others = {who for plant in plants for who in (plant.victim, plant.now)}
    return [f"{who} is new" for who in sorted(dirty.everybody - clean.everybody - others)]
