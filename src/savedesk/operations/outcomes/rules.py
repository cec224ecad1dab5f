"""Sift the rows of an outcome sheet: each is accepted, or turned away with the first rule that it breaks."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from savedesk.operations.outcomes.gateway import REPLIED, STATUSES
from savedesk.operations.outcomes.lists import HandedOver, list_of
from savedesk.operations.outcomes.row_checks import word_of
from savedesk.operations.outcomes.sheet import SheetRow
from savedesk.params.prioritise import PrioritiseParams
from savedesk.schemas.outcomes import NOT_REACHED, OUTCOMES, SENT_NO_ANSWER
from savedesk.stages.ingest.cells import CUT_ID, STORE_AS_TEXT, day_of
from savedesk.stages.ingest.workbook import FORMULA

LONGEST_NOTE = 1000  # characters; ingest turns longer texts away
ROWS_NAMED = 5  # rows of each kind that a message names


@dataclass(frozen=True)
class Outcome:
    """One accepted row."""

    number: int
    subscriber_id: str
    contacted_on: dt.date
    channel: str
    action: str
    outcome: str
    note: str
    by_gateway: bool = False

    @property
    def key(self) -> tuple[str, dt.date]:
        """A subscriber has one outcome a day."""
        return self.subscriber_id, self.contacted_on

    @property
    def said(self) -> tuple[str, ...]:
        """What the row says, whatever its place in the file."""
        return (self.channel, self.action, self.outcome, self.note)


@dataclass(frozen=True)
class Rejected:
    """One row turned away: rule, the value that broke it."""

    row: SheetRow
    rule: str
    value: str


@dataclass
class CheckedSheet:
    """What became of the rows: each is in one of the three. A blank one was only prefilled, and waits."""

    accepted: list[Outcome] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    blank: int = 0


@dataclass(frozen=True)
class Known:
    """What the rows are held against.

    Args:
        subscribers: all ids.
        lists: the lists of the source, oldest first.
        policy: section ``prioritise``: words for channels and actions.
        today: the day after which nobody can have been contacted.
        zone: the operator's time zone, if the source says it.
    """

    subscribers: Collection[str]
    lists: Sequence[HandedOver]
    policy: PrioritiseParams
    today: dt.date
    zone: str | None = None


def check_sheet(rows: Sequence[SheetRow], known: Known) -> CheckedSheet:
    """Return the accepted rows, and the others with the first rule that each broke."""
    validated = CheckedSheet()
    passed: list[tuple[SheetRow, Outcome]] = []
    for row in rows:
        if not any(row.cells[name] for name in ("contacted_on", "outcome", "note")):
            validated.blank += 1
            continue
        checked = _outcome(row, known)
        if isinstance(checked, Rejected):
            validated.rejected.append(checked)
        else:
            passed.append((row, checked))
    by_key: dict[tuple[str, dt.date], list[tuple[SheetRow, Outcome]]] = {}
    for row, outcome in passed:
        by_key.setdefault(outcome.key, []).append((row, outcome))
    for same in by_key.values():
        _settle(same, validated)
    validated.accepted.sort(key=lambda outcome: outcome.number)
    validated.rejected.sort(key=lambda rejected: rejected.row.number)
    return validated


def _settle(same: Sequence[tuple[SheetRow, Outcome]], validated: CheckedSheet) -> None:
    """Accept one of the rows of a subscriber and day; where they contradict each other nobody can tell which."""
    if len({outcome.said for _, outcome in same}) > 1:
        validated.rejected += [Rejected(row, "contradiction", outcome.outcome) for row, outcome in same]
        return
    validated.accepted.append(same[0][1])
    validated.rejected += [Rejected(row, "copy", outcome.subscriber_id) for row, outcome in same[1:]]


def _outcome(row: SheetRow, known: Known) -> Outcome | Rejected:
    cells = row.cells
    name = cells["subscriber_id"] if cells["subscriber_id"] in known.subscribers else None
    day = day_of(cells["contacted_on"], known.zone)
    policy = known.policy
    on = None if day is None else list_of(day, known.lists)
    planned = on.listed.loc[name] if on is not None and name in on.listed.index else None
    # What the list itself says is right, whatever params.yaml names by now.
    own = ("", "") if planned is None else (str(planned["action"]), str(planned["channel"]))
    outcome = word_of(cells["outcome"])
    channel = name_of(cells["channel"], (*policy.channels, own[1])) or own[1]
    action = name_of(cells["action"], (*policy.actions, own[0]))
    if not action and (channel == own[1] or channel in _ways(own[0], policy)):
        action = own[0]  # where another way was gone than the list's action has, nobody knows what was done
    strange = bool(channel) and channel not in _ways(action, policy) and (action, channel) != own
    by_agent = channel in policy.channels and policy.channels[channel].minutes > 0
    cases = [
        ("formula", bool(row.formulas()), ", ".join(row.formulas())),
        ("no_id", not cells["subscriber_id"], ""),
        ("cut_id", bool(re.fullmatch(CUT_ID, cells["subscriber_id"])), cells["subscriber_id"]),
        ("unknown_id", name is None, cells["subscriber_id"]),
        ("no_date", not cells["contacted_on"], cells["subscriber_id"]),
        ("no_outcome", not outcome, cells["subscriber_id"]),
        ("date", day is None, cells["contacted_on"]),
        ("future", day is not None and day > known.today, cells["contacted_on"]),
        ("no_list", on is None, cells["contacted_on"]),
        ("reply", row.gateway and outcome == REPLIED, cells["note"]),
        ("status", row.gateway and outcome not in OUTCOMES, cells["outcome"]),
        ("outcome", outcome not in OUTCOMES, cells["outcome"]),
        ("channel", bool(channel) and channel not in (*policy.channels, own[1]), cells["channel"]),
        ("action", bool(action) and action not in (*policy.actions, own[0]), cells["action"]),
        ("channel_of_action", strange, f"{action} by {channel}"),
        ("word_of_messages", outcome == SENT_NO_ANSWER and by_agent, channel),
        ("note", len(cells["note"]) > LONGEST_NOTE, f"{len(cells['note'])} characters"),
    ]
    broken = next(((rule, value) for rule, here, value in cases if here), None)
    if broken:
        return Rejected(row, *broken)
    assert name is not None  # noqa: S101 - the rules above; for the type checker
    assert day is not None  # noqa: S101
    return Outcome(row.number, name, day, channel, action, outcome, cells["note"], row.gateway)


def _ways(action: str, policy: PrioritiseParams) -> tuple[str, ...]:
    return policy.actions[action].channels if action in policy.actions else tuple(policy.channels)


def name_of(text: str, names: Collection[str]) -> str:
    """Return the name that a cell means, however its letters and blanks are written; else the cell's word."""
    return {word_of(name): name for name in names}.get(word_of(text), word_of(text))


def complaints_of(validated: CheckedSheet, known: Known) -> list[str]:
    """Return one line for each kind of mistake: the rows, what is wrong, what is allowed, what to do."""
    by_rule: dict[str, list[Rejected]] = {}
    for rejected in validated.rejected:
        by_rule.setdefault(rejected.rule, []).append(rejected)
    return [_line(rule, rows, known) for rule, rows in by_rule.items()]


def _line(rule: str, rows: Sequence[Rejected], known: Known) -> str:
    what, allowed, step = explanation_of(rule, rows[0].value, known)
    numbers = ", ".join(rejected.row.place for rejected in rows[:ROWS_NAMED])
    more = f" and {len(rows) - ROWS_NAMED:,} more" if len(rows) > ROWS_NAMED else ""
    value = rows[0].value.replace(FORMULA, "=")
    example = f", for example {value[:60]!r}" if value else ""
    parts = [f"{'row' if len(rows) == 1 else 'rows'} {numbers}{more}: {what}{example}"]
    parts += [f"allowed: {allowed}"] if allowed else []
    return " ".join("; ".join([*parts, f"next: {step}"]).split())


def explanation_of(rule: str, value: str, known: Known) -> tuple[str, str, str]:
    """Return what is wrong, what is allowed, and the next step."""
    days = ", ".join(f"{contact_list.as_of} to {contact_list.until}" for contact_list in known.lists)
    words: Mapping[str, tuple[str, str, str]] = {
        "formula": ("a formula without a stored value", "", "type the value in its place"),
        "no_id": ("no subscriber_id", "", "give the id as in the list"),
        "cut_id": ("an id with more digits than a spreadsheet keeps", "", STORE_AS_TEXT),
        "unknown_id": (
            "no subscriber has this id",
            "",
            "copy the id from the list; a spreadsheet may have dropped leading zeros",
        ),
        "no_date": ("an outcome without contacted_on", "", "write the day of the contact"),
        "no_outcome": ("a contact without outcome", ", ".join(OUTCOMES), "choose one"),
        "date": (
            "no day",
            "year first, such as 2026-01-31, with or without a time; or a date cell",
            "write it so: others can be read in two ways; a time of Greenwich needs timezone: in source.yaml",
        ),
        "future": ("a day after today", f"until {known.today}", "mend the day"),
        "no_list": ("a day on which no list was worked", days, "mend the day; each list lasts to its last call_by"),
        "reply": (
            "a reply that a person must read",
            ", ".join(OUTCOMES),
            "write what it means as outcome, and import the file of the rejected rows",
        ),
        "status": ("unknown status of a message gateway", ", ".join(STATUSES), _near(value, STATUSES)),
        "outcome": ("unknown outcome", ", ".join(OUTCOMES), _near(value, OUTCOMES)),
        "channel": ("unknown channel", ", ".join(known.policy.channels), _near(value, known.policy.channels)),
        "action": ("unknown action", ", ".join(known.policy.actions), _near(value, known.policy.actions)),
        "channel_of_action": (
            "an action in a channel that it does not have",
            "channels: of the action in params.yaml, prioritise.actions",
            "write how the subscriber was contacted",
        ),
        "word_of_messages": (
            f"{SENT_NO_ANSWER} by a channel that takes an agent's time",
            "channels: " + ", ".join(name for name, channel in known.policy.channels.items() if not channel.minutes),
            f"write {NOT_REACHED}, or the channel by which a message was sent",
        ),
        "note": ("a note that is too long", f"{LONGEST_NOTE:,} characters", "shorten it"),
        "contradiction": (
            "two rows for a subscriber and day that say different things",
            "one row a subscriber and day",
            "keep the one that is right",
        ),
        "copy": ("the same row once more", "", "nothing: it is counted once"),
    }
    return words[rule]


def _near(value: str, allowed: Collection[str]) -> str:
    near = difflib.get_close_matches(word_of(value), allowed, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else "choose one of them"


def as_given(rejected: Rejected) -> dict[str, Any]:
    """Return the row as it was given, with its number and the rule."""
    cells = {name: text.replace(FORMULA, "") for name, text in rejected.row.cells.items()}
    return {"row": rejected.row.place, "rule": rejected.rule, **cells}
