"""Lines of a message gateway as rows of an outcome sheet: one a subscriber and day, by what they say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from savedesk.operations.outcomes.gateway import (
    BODY,
    DIRECTION,
    ERROR,
    OPTED_OUT,
    REPLY,
    SENDER,
    WORTH,
    day_of,
    is_inbound,
    is_outbound,
    message_channel,
    opted_out,
    outcome_of,
    word,
)
from savedesk.operations.outcomes.sheet import SheetRow
from savedesk.params.prioritise import PrioritiseParams
from savedesk.schemas.outcomes import ASKED_NOT_TO_CALL

OWN = (REPLY, BODY, SENDER, DIRECTION, OPTED_OUT, ERROR)


def from_gateway(
    rows: Sequence[SheetRow], policy: PrioritiseParams, zone: str | None = None
) -> tuple[list[SheetRow], int]:
    """Return the rows with those of a gateway in the words of a sheet, and how many lines went into others.

    A gateway writes a line for each message and each thing that became of it. Of the lines of a subscriber and day a
    refusal counts before a reply, a reply before a message that arrived, and that before one that did not. A line that
    waits for its receipt is a row without an outcome yet.

    Args:
        rows: of the file.
        policy: section ``prioritise``.
        zone: the operator's time zone, if the source says it.
    """
    kept: dict[object, SheetRow] = {}
    merged = 0
    for row in rows:
        sheet_row = _row(row, policy, zone) if row.gateway else row
        outcome = sheet_row.cells["outcome"]
        plain = not row.gateway or outcome not in WORTH or not sheet_row.cells["subscriber_id"]
        key = (
            (sheet_row.sheet, sheet_row.number)
            if plain
            else (sheet_row.cells["subscriber_id"], sheet_row.cells["contacted_on"])
        )
        there = kept.get(key)
        merged += there is not None
        if there is None or WORTH[outcome] > WORTH[there.cells["outcome"]]:
            kept[key] = sheet_row
    ordered = sorted(kept.values(), key=lambda row: row.number)
    return [_waiting(row) if row.gateway and not row.cells["outcome"] else row for row in ordered], merged


def _row(row: SheetRow, policy: PrioritiseParams, zone: str | None) -> SheetRow:
    """Return the row in the words of a sheet; a status that is not known stays, for the rule that names it."""
    cells = {name: text for name, text in row.cells.items() if name not in OWN}
    reply, body, sender, direction, flag, error = (row.cells.get(name, "") for name in OWN)
    inbound = is_inbound(direction)
    status = cells["outcome"]
    outcome, said = outcome_of(status, reply, body, inbound=inbound)
    if opted_out(flag, error):
        outcome = ASKED_NOT_TO_CALL
    elif not (inbound or is_outbound(direction)):
        outcome, status = None, f"direction {direction}"  # of which nobody knows who sent it
    cells["outcome"] = word(status) if outcome is None else outcome
    cells["contacted_on"] = day_of(cells["contacted_on"], zone)
    cells["channel"] = message_channel(policy)
    cells["note"] = f"message {status.strip()}{f': {said}' if said else ''}"
    if inbound and sender:
        cells["subscriber_id"] = sender
    return replace(row, cells=cells)


def _waiting(row: SheetRow) -> SheetRow:
    return replace(row, cells=row.cells | {"contacted_on": "", "note": ""})
