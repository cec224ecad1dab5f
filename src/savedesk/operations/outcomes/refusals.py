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
    made = Refusals()
    left = []
    for one in validated.rejected:
        if word_of(one.row.cells["outcome"]) != ASKED_NOT_TO_CALL or one.rule == _COPY:
            left.append(one)
        elif one.row.cells["subscriber_id"] not in known.subscribers:
            made.lost.append(one)
            left.append(one)
        else:
            made.acting.append(one)
            validated.accepted.append(_outcome(one, known, earlier, made))
    validated.rejected = left
    # Where a subscriber has another outcome on that day, too, the later one is kept.
    validated.accepted.sort(key=lambda one: (one.outcome == ASKED_NOT_TO_CALL, one.number))
    return made


def _outcome(one: Rejected, known: Known, earlier: Mapping[str, dt.date], made: Refusals) -> Outcome:
    """Return the refusal with those of its cells that can be used."""
    cells = {name: "" if text.startswith(FORMULA) else text for name, text in one.row.cells.items()}
    who, day = cells["subscriber_id"], day_of(cells["contacted_on"], known.zone)
    if day is None or day > known.today or list_of(day, known.lists) is None:
        made.undated.append(one)
        day = earlier.get(who, known.today)
    channel = name_of(cells["channel"], known.policy.channels)
    action = name_of(cells["action"], known.policy.actions)
    return Outcome(
        one.row.number,
        who,
        day,
        channel if channel in known.policy.channels else "",
        action if action in known.policy.actions else "",
        ASKED_NOT_TO_CALL,
        cells["note"][:LONGEST_NOTE],
        one.row.gateway,
    )


def list_for(one: Outcome, lists: Sequence[HandedOver]) -> HandedOver:
    """Return the list that an accepted outcome belongs to: a refusal after the end of all to the newest one by then."""
    earlier = [made for made in lists if made.as_of <= one.contacted_on]
    return (earlier or lists[:1])[-1]


def warnings_of(made: Refusals, known: Known) -> list[str]:
    """Return a line for each mistake in a row that counts as a refusal all the same, and one for lost refusals."""
    by_rule: dict[str, list[Rejected]] = {}
    for one in made.acting:
        by_rule.setdefault(one.rule, []).append(one)
    said = []
    for rule, rows in by_rule.items():
        undated = any(one in made.undated for one in rows)
        day = f", with {known.today}, the day of the import, or the day of an earlier refusal" if undated else ""
        what = explanation_of(rule, rows[0].value, known)[0]
        said.append(f"{_rows(rows)}: {what}; the refusal counts all the same{day}: {_named(rows)}")
    if made.lost:
        ids = [one for one in made.lost if one.row.cells["subscriber_id"]]
        step = "give the ids as in the list and import the rejected rows; until then they may be called"
        names = f", for example {_named(ids)}" if ids else ""
        count = f"{len(made.lost):,} rejected rows are refusals ({ASKED_NOT_TO_CALL}) and count for nobody"
        said.append(f"{count}{names} ({_rows(made.lost)}); next: {step}")
    return said


def _rows(rows: Sequence[Rejected]) -> str:
    more = f" and {len(rows) - ROWS_NAMED:,} more" if len(rows) > ROWS_NAMED else ""
    return f"{'row' if len(rows) == 1 else 'rows'} {', '.join(one.row.place for one in rows[:ROWS_NAMED])}{more}"


def _named(rows: Sequence[Rejected]) -> str:
    names = list(dict.fromkeys(one.row.cells["subscriber_id"][:60].replace(FORMULA, "=") for one in rows))
    more = f" and {len(names) - ROWS_NAMED:,} more" if len(names) > ROWS_NAMED else ""
    return ", ".join(map(repr, names[:ROWS_NAMED])) + more
