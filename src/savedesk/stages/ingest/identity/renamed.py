"""Ids that were renamed: facts under the old id count for the new one, from the first look at them on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import ibis

from savedesk.domain.statuses import GONE
from savedesk.engine.base import Engine
from savedesk.errors import DataContractError
from savedesk.schemas import labels, renamed_ids, status_changes, subscribers
from savedesk.schemas.table import Table
from savedesk.stages.ingest.casting import BREACH
from savedesk.stages.ingest.identity.one_row import REPLACED, merged
from savedesk.stages.ingest.statement import WORK

MEANING = "the id was renamed, and what the row says is known under the new id"
_EXAMPLES = 3
_NAME = "__new_id"
_MOST_ROUNDS = 64  # each doubles the length of the chains that are followed


@dataclass(frozen=True)
class Renames:
    """Which id took the place of which.

    Args:
        pairs: old_id, new_id (the last of a chain), renamed_on and ``anew_on``: the day from which facts under the old
            id are those of another subscriber, who was given it later; absent where nobody was.
        gap_days: days around ``renamed_on`` in which the exit of the old id is the renaming itself.
    """

    pairs: Any
    gap_days: int

    def beside(self, accepted: Any) -> Renames:
        """Return the renames, told which old ids are among the accepted subscribers: they were given to others."""
        others = accepted.select(old_id=accepted.subscriber_id, there=True)
        both = self.pairs.drop("anew_on").left_join(others, "old_id").drop("old_id_right")
        anew = ibis.ifelse(both.there.fill_null(False), both.renamed_on, ibis.null("date"))
        return replace(self, pairs=both.mutate(anew_on=anew).drop("there"))

    def under_new_ids(self, cast: Any, contract: Table, given: Any = None) -> Any:
        """Return cast rows under the new ids, with a rule broken by those that the new id makes void.

        Args:
            cast: rows with the contract's types.
            contract: the table that they are.
            given: the same rows of subscribers as the source gives them.
        """
        if contract.name == subscribers.TABLE.name:
            return merged(self.pairs, cast, given)
        rows = cast.left_join(self.pairs, cast.subscriber_id == self.pairs.old_id)
        meant = rows.new_id.notnull()
        day = day_of(contract)
        if day:
            meant &= (rows.anew_on.isnull() | (rows[day] < rows.anew_on)).fill_null(True)
        new = rows.mutate(**{_NAME: ibis.ifelse(meant, rows.new_id, rows.subscriber_id)})
        if contract.name == status_changes.TABLE.name and BREACH in cast.columns:
            near = rows.changed_on.delta(rows.renamed_on, unit="day").abs() <= self.gap_days
            void = meant & rows.status.isin(GONE) & near.fill_null(False)
            new = new.mutate(**{BREACH: ibis.coalesce(new[BREACH], ibis.ifelse(void, REPLACED, ibis.null("string")))})
        kept = {name: new[_NAME if name == "subscriber_id" else name] for name in cast.columns}
        return new.select(**kept)


def day_of(contract: Table) -> str:
    """Return the column with the day or month that a row speaks of; empty where it speaks of no day."""
    if contract.name == labels.TABLE.name:
        return "as_of"
    return contract.day


def resolved(accepted: Any, contradicting: int, engine: Engine, gap_days: int, where: str) -> Renames | None:
    """Return the renames of the accepted rows with every chain followed to its end, or None where there are none.

    Args:
        accepted: rows of renamed_ids.
        contradicting: rows that were turned away since an old id has two new ones.
        engine: where they are.
        gap_days: see ``Renames``.
        where: how messages name the SQL file.

    Raises:
        DataContractError: an old id has two new ones, or ids are renamed in a circle.
    """
    if contradicting:
        raise DataContractError(
            f"{contradicting:,} rows give an old_id two different rows, so nobody can tell which new_id is right",
            where=where,
            allowed="one row an old_id",
            next_step="keep one; a chain (a to b, later b to c) is two rows of different old_id",
        )
    pairs = engine.materialise(accepted.mutate(anew_on=ibis.null("date")), f"{WORK}renamed_0")
    count = int(pairs.count().execute())
    if not count:
        return None
    rounds = 0
    while rounds < min(count.bit_length() + 1, _MOST_ROUNDS) and _open(pairs).count().execute():
        rounds += 1
        ahead = pairs.select(middle=pairs.old_id, end=pairs.new_id)
        both = pairs.left_join(ahead, pairs.new_id == ahead.middle)
        longer = both.select("old_id", "renamed_on", "anew_on", new_id=ibis.coalesce(both.end, both.new_id))
        pairs = engine.materialise(longer, f"{WORK}renamed_{rounds}")
    circle = _open(pairs).order_by("old_id").limit(_EXAMPLES).old_id.to_pyarrow().to_pylist()
    if circle:
        raise DataContractError(
            f"ids are renamed in a circle, among them {', '.join(map(repr, circle))}",
            where=where,
            allowed="chains that end: a to b, b to c",
            next_step="leave out the rows that lead back",
        )
    return Renames(pairs, gap_days)


def _open(pairs: Any) -> Any:
    """Return the pairs whose new id was itself renamed."""
    return pairs.semi_join(pairs.select(new_id=pairs.old_id), "new_id")


def renames_after(
    table: Table, validated: Any, renames: Renames | None, engine: Engine, gap_days: int, where: str
) -> Renames | None:
    """Return the renames as they are known once a table is read: renamed_ids gives them, subscribers who came after.

    Args:
        table: the table that was read.
        validated: what became of its rows.
        renames: what was known before.
        engine: where the rows are.
        gap_days: see ``Renames``.
        where: how messages name the SQL file.

    Raises:
        DataContractError: see ``resolved``.
    """
    if table.name == renamed_ids.TABLE.name:
        twice = sum(rows for rule, rows in validated.counts.items() if rule.startswith("unique:"))
        return resolved(validated.accepted, twice, engine, gap_days, where)
    if table.name == subscribers.TABLE.name and renames is not None:
        return renames.beside(validated.accepted)
    return renames
