"""Facts of ids that are no subscribers: are they subscribers whose id is written in another way?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from savedesk.engine.base import Engine
from savedesk.engine.check import RULE
from savedesk.schemas import renamed_ids, subscribers
from savedesk.stages.ingest.casting import ROW_ID
from savedesk.stages.ingest.identity.writing import plain_form
from savedesk.stages.ingest.quarantined import UNKNOWN_SUBSCRIBER
from savedesk.stages.ingest.statement import WORK
from savedesk.stages.ingest.validation import Validated

_EXAMPLES = 3


def written_otherwise(validated: Sequence[Validated], engine: Engine) -> list[str]:
    """Return a warning for each table with facts of nobody whose ids differ from subscribers' in their writing alone.

    Args:
        validated: what became of the rows of each table.
        engine: where they are.
    """
    suspects = [table for table in validated if table.counts.get(UNKNOWN_SUBSCRIBER) and table.broken is not None]
    if not suspects:
        return []
    people = next(table.accepted for table in validated if table.contract is subscribers.TABLE).select("subscriber_id")
    old = [table.accepted.select(subscriber_id="old_id") for table in validated if table.contract is renamed_ids.TABLE]
    known = people.union(old[0]) if old else people
    known = engine.materialise(
        known.group_by(form=plain_form(known.subscriber_id)).aggregate(known_id=known.subscriber_id.min()),
        f"{WORK}forms",
    )
    return [line for table in suspects for line in _of(table, known, engine)]


def _of(table: Validated, known: Any, engine: Engine) -> list[str]:
    assert table.broken is not None  # noqa: S101 - a rule that is counted has been broken
    strange = table.cast.semi_join(table.broken.filter(table.broken[RULE] == UNKNOWN_SUBSCRIBER), ROW_ID)
    ids = strange.group_by("subscriber_id").aggregate(rows=strange.count())
    ids = engine.materialise(ids.mutate(form=plain_form(ids.subscriber_id)), f"{WORK}strangers_{table.contract.name}")
    alike = ids.inner_join(known, "form")
    rows = alike.order_by("subscriber_id").limit(_EXAMPLES).to_pyarrow().to_pylist()
    if not rows:
        return []
    count, every = int(alike.count().execute()), int(ids.count().execute())
    words = ", ".join(f"{row['subscriber_id']!r} looks like {row['known_id']!r}" for row in rows)
    name = table.contract.name
    said = f"{name}.subscriber_id: {count:,} of {every:,} ids that are no subscribers are written otherwise: {words}"
    return [f"{said}; next: write them alike in {name}.sql and in subscribers.sql or renamed_ids.sql"]
