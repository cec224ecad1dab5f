"""Renamings that were turned away: what is under their old ids is unknown of the new ones, and no silence of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis

from savedesk.engine.base import Engine
from savedesk.engine.check import RULE
from savedesk.schemas import bills, complaints, contacts, contracts, plan_changes, renamed_ids, surveys, usage
from savedesk.schemas.table import Table
from savedesk.stages.ingest.casting import ROW_ID
from savedesk.stages.ingest.identity.renamed import Renames
from savedesk.stages.ingest.statement import WORK
from savedesk.stages.ingest.validation import Validated

_MONTHLY = (usage.TABLE.name, bills.TABLE.name)
# A status is left out: the exit of an old id is the renaming itself, and the new id has changes of its own.
SPEAKING = (*_MONTHLY, *(schema.TABLE.name for schema in (complaints, contacts, contracts, plan_changes, surveys)))


@dataclass(frozen=True)
class LostRenames:
    """Which ids would have taken the place of which.

    Args:
        pairs: old_id, new_id (the last of a chain) and the rule that the row broke.
        touched: new ids by rule.
    """

    pairs: Any
    touched: Mapping[str, int]

    def all_months(self, contract: Table) -> Any | None:
        """Return new_id and rule where any month of a table may be under the old id; None for other tables."""
        return self.pairs.select("new_id", RULE) if contract.name in _MONTHLY else None

    def of_strangers(self, contract: Table, rows: Any) -> Any | None:
        """Return rows of old ids that are no subscribers any more under the new ids; None if the table has no such."""
        if contract.name not in SPEAKING:
            return None
        names = self.pairs.select(__old_id=self.pairs.old_id, __new_id=self.pairs.new_id)
        both = rows.inner_join(names, rows.subscriber_id == names["__old_id"])
        return both.mutate(subscriber_id=both["__new_id"]).select(*rows.columns)


def lost_renames(validated: Validated, renames: Renames | None, engine: Engine) -> LostRenames | None:
    """Return the renamings that were turned away, without those that another row says; None if there are none.

    Args:
        validated: rows of renamed_ids.
        renames: those that were accepted.
        engine: where they are.
    """
    away = validated.losses.broken
    if validated.contract.name != renamed_ids.TABLE.name or away is None:
        return None
    rows = validated.cast.inner_join(away.filter(~away[RULE].startswith("copy:")), ROW_ID)
    rows = rows.filter(rows.new_id.notnull(), (rows.old_id != rows.new_id).fill_null(True))
    rows = rows.select("old_id", "new_id", RULE)
    if renames is not None:
        rows = rows.anti_join(renames.pairs, "old_id")
        ahead = renames.pairs.select(middle=renames.pairs.old_id, end=renames.pairs.new_id)
        both = rows.left_join(ahead, rows.new_id == ahead.middle)
        rows = both.select("old_id", RULE, new_id=ibis.coalesce(both.end, both.new_id))
    pairs = engine.materialise(rows.distinct(), f"{WORK}lost_renames")
    counted = pairs.group_by(RULE).aggregate(ids=pairs.new_id.nunique()).to_pyarrow().to_pylist()
    return LostRenames(pairs, {row[RULE]: row["ids"] for row in counted}) if counted else None
