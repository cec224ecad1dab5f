"""Refusals act whatever else is wrong with their rows: calling somebody who refused is the worse mistake."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from savedesk.operations.outcomes.lists import HandedOver, list_of
from savedesk.operations.outcomes.row_checks import word_of
from savedesk.operations.outcomes.rules import (
    LONGEST_NOTE,
    ROWS_NAMED,
    CheckedSheet,
    Known,
    Outcome,
    Rejected,
    explanation_of,
    name_of,
)
from savedesk.schemas.outcomes import ASKED_NOT_TO_CALL
from savedesk.stages.ingest.cells import day_of
from savedesk.stages.ingest.workbook import FORMULA

_COPY = "copy"  # its twin was accepted


@dataclass
class Refusals:
    """What became of the refusals in rows that broke a rule.

    Args:
        acting: rows that count as refusals all the same, with the rule that each broke.
        undated: of these, those that have the day of the import instead of their own.
        lost: rows that count for nothing, since nobody can tell of whom they speak.
    """

    acting: list[Rejected] = field(default_factory=list)
    undated: list[Rejected] = field(default_factory=list)
    lost: list[Rejected] = field(default_factory=list)


def let_act(validated: CheckedSheet, known: Known, earlier: Mapping[str, dt.date]) -> Refusals:
    """Move the refusals of known subscribers from the rejected rows to the accepted ones; return which they are.

    Args:
        validated: the rows.
        known: what they are held against.
        earlier: day of a refusal that was imported before, by subscriber, so that an import once more adds none.
    """
    refusals = Refusals()
    left = []
    for rejected in validated.rejected:
        if word_of(rejected.row.cells["outcome"]) != ASKED_NOT_TO_CALL or rejected.rule == _COPY:
            left.append(rejected)
        elif rejected.row.cells["subscriber_id"] not in known.subscribers:
            refusals.lost.append(rejected)
            left.append(rejected)
        else:
            refusals.acting.append(rejected)
            validated.accepted.append(_outcome(rejected, known, earlier, refusals))
    validated.rejected = left
    # Where a subscriber has another outcome on that day, too, the later one is kept.
    validated.accepted.sort(key=lambda outcome: (outcome.outcome == ASKED_NOT_TO_CALL, outcome.number))
    return refusals


def _outcome(rejected: Rejected, known: Known, earlier: Mapping[str, dt.date], refusals: Refusals) -> Outcome:
    """Return the refusal with those of its cells that can be used."""
    cells = {name: "" if text.startswith(FORMULA) else text for name, text in rejected.row.cells.items()}
    who, day = cells["subscriber_id"], day_of(cells["contacted_on"], known.zone)
    if day is None or day > known.today or list_of(day, known.lists) is None:
        refusals.undated.append(rejected)
        day = earlier.get(who, known.today)
    channel = name_of(cells["channel"], known.policy.channels)
    action = name_of(cells["action"], known.policy.actions)
    return Outcome(
        rejected.row.number,
        who,
        day,
        channel if channel in known.policy.channels else "",
        action if action in known.policy.actions else "",
        ASKED_NOT_TO_CALL,
        cells["note"][:LONGEST_NOTE],
        rejected.row.gateway,
    )


def list_for(outcome: Outcome, lists: Sequence[HandedOver]) -> HandedOver:
    """Return the list that an accepted outcome belongs to: a refusal after the end of all to the newest one by then."""
    earlier = [contact_list for contact_list in lists if contact_list.as_of <= outcome.contacted_on]
    return (earlier or lists[:1])[-1]


def warnings_of(refusals: Refusals, known: Known) -> list[str]:
    """Return a line for each mistake in a row that counts as a refusal all the same, and one for lost refusals."""
    by_rule: dict[str, list[Rejected]] = {}
    for rejected in refusals.acting:
        by_rule.setdefault(rejected.rule, []).append(rejected)
    said = []
    for rule, rows in by_rule.items():
        undated = any(rejected in refusals.undated for rejected in rows)
        day = f", with {known.today}, the day of the import, or the day of an earlier refusal" if undated else ""
        what = explanation_of(rule, rows[0].value, known)[0]
        said.append(f"{_rows(rows)}: {what}; the refusal counts all the same{day}: {_named(rows)}")
    if refusals.lost:
        ids = [rejected for rejected in refusals.lost if rejected.row.cells["subscriber_id"]]
        step = "give the ids as in the list and import the rejected rows; until then they may be called"
        names = f", for example {_named(ids)}" if ids else ""
        count = f"{len(refusals.lost):,} rejected rows are refusals ({ASKED_NOT_TO_CALL}) and count for nobody"
        said.append(f"{count}{names} ({_rows(refusals.lost)}); next: {step}")
    return said


def _rows(rows: Sequence[Rejected]) -> str:
    more = f" and {len(rows) - ROWS_NAMED:,} more" if len(rows) > ROWS_NAMED else ""
    return (
        f"{'row' if len(rows) == 1 else 'rows'} {', '.join(rejected.row.place for rejected in rows[:ROWS_NAMED])}{more}"
    )


def _named(rows: Sequence[Rejected]) -> str:
    names = list(dict.fromkeys(rejected.row.cells["subscriber_id"][:60].replace(FORMULA, "=") for rejected in rows))
    more = f" and {len(names) - ROWS_NAMED:,} more" if len(names) > ROWS_NAMED else ""
    return ", ".join(map(repr, names[:ROWS_NAMED])) + more
