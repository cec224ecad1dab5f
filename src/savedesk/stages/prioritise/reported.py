"""Outcomes that were imported: for the list they count at once, also before ingest adds them to the contacts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from savedesk.engine.base import ARROW_TYPES
from savedesk.pipeline.inputs import Inputs
from savedesk.policy.sight import Sight
from savedesk.schemas import contacts, decisions, source_facts
from savedesk.schemas.outcomes import ASKED_NOT_TO_CALL, IMPORTED, REPORTED_FILE
from savedesk.stages.prioritise.reported_ids import ids_of_today

KEY = ["subscriber_id", "contacted_on"]


def reported_outcomes(inputs: Inputs, sight: Sight) -> pa.Table:
    """Return the contract ``reported_outcomes``: what the newest as_of knows of outcomes beside the table contacts.

    These are the outcomes that ingest has not added yet, whatever their day, and everybody who ever asked not to be
    called. An as_of that sees no further than the day before it knows none of them.
    """
    schema = pa.schema([(column.name, ARROW_TYPES[column.dtype]) for column in decisions.REPORTED.columns])
    place = inputs.there(IMPORTED)
    if place is None or sight.newest is None:
        return schema.empty_table()
    if place.is_file():  # what a list that was handed over has seen, so that it can be made again
        return pq.read_table(place, schema=schema)
    outcomes = ids_of_today(_imported(place / str(inputs.json(source_facts.FILE)["name"])), inputs)
    if outcomes.empty:
        return schema.empty_table()
    past_contacts = inputs.table(contacts.TABLE)
    past_contacts = past_contacts.filter(
        past_contacts.arm == "treated", past_contacts.subscriber_id.isin([*outcomes["subscriber_id"].unique()])
    )
    there = past_contacts.select(*KEY).distinct().to_pandas()
    days = pd.MultiIndex.from_frame(_with_days(there))
    outcomes["in_contacts"] = pd.MultiIndex.from_frame(outcomes[KEY]).isin(days)
    wanted = outcomes[~outcomes["in_contacts"] | (outcomes["outcome"] == ASKED_NOT_TO_CALL)]
    return pa.Table.from_pandas(wanted.sort_values(KEY), schema=schema, preserve_index=False)


def _imported(folder: Path) -> pd.DataFrame:
    """Return subscriber_id, contacted_on and outcome of all outcomes of a source, one row a subscriber and day."""
    files = sorted(folder.glob(f"????-??-??/{REPORTED_FILE}"))
    parts: list[Any] = [pq.read_table(file, columns=[*KEY, "outcome"], partitioning=None).to_pandas() for file in files]
    rows = _with_days(pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*KEY, "outcome"]))
    rows["refusal"] = rows["outcome"] == ASKED_NOT_TO_CALL  # of two outcomes of a day a refusal is the one to keep
    rows = rows.sort_values([*KEY, "refusal", "outcome"]).drop_duplicates(KEY, keep="last")
    return rows[[*KEY, "outcome"]].reset_index(drop=True)


def _with_days(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(contacted_on=pd.to_datetime(rows["contacted_on"]).dt.date)


def with_refusals(people: pd.DataFrame, seen: pa.Table, sight: Sight) -> pd.DataFrame:
    """Return people with ``asked_on`` at the newest as_of also where they asked before it: a refusal lasts.

    Args:
        people: rows with subscriber_id, as_of and asked_on (known since as_of).
        seen: see ``reported_outcomes``.
        sight: which as_of knows of them.
    """
    rows = seen.to_pandas()
    refusals = rows[rows["outcome"] == ASKED_NOT_TO_CALL].groupby("subscriber_id")["contacted_on"].max()
    if refusals.empty or sight.newest is None:
        return people
    here = pd.to_datetime(people["as_of"]) == pd.Timestamp(sight.newest)
    asked = pd.to_datetime(people["subscriber_id"].map(refusals).where(here))
    return people.assign(asked_on=asked.fillna(pd.to_datetime(people["asked_on"])))
