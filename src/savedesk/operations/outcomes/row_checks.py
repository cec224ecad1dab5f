"""Rows of an outcome sheet that would lose something: a note that was cut, a refusal in another column."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from savedesk.errors import DataContractError
from savedesk.schemas.outcomes import ASKED_NOT_TO_CALL
from savedesk.stages.ingest.cells import trimmed


def word_of(cell: str) -> str:
    """Return a cell in the spelling of the vocabulary of outcomes."""
    return cell.strip().lower().replace(" ", "_").replace("-", "_")


def whole(row: Sequence[str], header: Sequence[str], names: Sequence[str], number: int, path: Path) -> Sequence[str]:
    """Return the row with a note that was cut at the separator whole again; a row that is cut elsewhere is refused."""
    more = [cell for cell in row[len(header) :] if cell.strip()]
    if not more:
        return row
    if names[-1] == "note" and path.suffix.lower() != ".xlsx":
        return [*row[: len(header) - 1], ", ".join(cell.strip() for cell in row[len(header) - 1 :])]
    raise DataContractError(
        f"row {number} has {len(row)} cells, and the first line has {len(header)}",
        where=str(path),
        next_step="put a cell with the separator in it between double quotes, or save the sheet as xlsx",
    )


def hold_refusal(row: Sequence[str], header: Sequence[str], places: dict[str, int], number: int, path: Path) -> None:
    """Stop where a refusal stands in a column that is not looked at."""
    outcome = row[places["outcome"]] if places["outcome"] < len(row) else ""
    for place, cell in enumerate(row[: len(header)]):
        other = place not in places.values() and word_of(trimmed(cell)) == ASKED_NOT_TO_CALL
        if other and word_of(trimmed(outcome)) != ASKED_NOT_TO_CALL:
            raise DataContractError(
                f"row {number} has {ASKED_NOT_TO_CALL} in column {header[place]!r}, which is not looked at",
                where=str(path),
                next_step="write it in the column outcome, in a row of its own if there is another outcome",
            )
