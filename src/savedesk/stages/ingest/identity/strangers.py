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
    suspects = [one for one in validated if one.counts.get(UNKNOWN_SUBSCRIBER) and one.broken is not None]
    if not suspects:
        return []
    people = next(one.accepted for one in validated if one.contract is subscribers.TABLE).select("subscriber_id")
    old = [one.accepted.select(subscriber_id="old_id") for one in validated if one.contract is renamed_ids.TABLE]
    known = people.union(old[0]) if old else people
    known = engine.materialise(
        known.group_by(form=plain_form(known.subscriber_id)).aggregate(known_id=known.subscriber_id.min()),
        f"{WORK}forms",
    )
    return [line for one in suspects for line in _of(one, known, engine)]


def _of(one: Validated, known: Any, engine: Engine) -> list[str]:
    assert one.broken is not None  # noqa: S101 - a rule that is counted has been broken
    strange = one.cast.semi_join(one.broken.filter(one.broken[RULE] == UNKNOWN_SUBSCRIBER), ROW_ID)
    ids = strange.group_by("subscriber_id").aggregate(rows=strange.count())
    ids = engine.materialise(ids.mutate(form=plain_form(ids.subscriber_id)), f"{WORK}strangers_{one.contract.name}")
    alike = ids.inner_join(known, "form")
    rows = alike.order_by("subscriber_id").limit(_EXAMPLES).to_pyarrow().to_pylist()
    if not rows:
        return []
    count, every = int(alike.count().execute()), int(ids.count().execute())
    words = ", ".join(f"{row['subscriber_id']!r} looks like {row['known_id']!r}" for row in rows)
    name = one.contract.name
    said = f"{name}.subscriber_id: {count:,} of {every:,} ids that are no subscribers are written otherwise: {words}"
    return [f"{said}; next: write them alike in {name}.sql and in subscribers.sql or renamed_ids.sql"]
