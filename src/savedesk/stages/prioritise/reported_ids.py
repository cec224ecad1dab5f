"""Whose an imported outcome is today: ids may have been renamed since, or given to somebody else."""

from __future__ import annotations

import pandas as pd
import pyarrow.parquet as pq

from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import contacts, renamed_ids, subscribers

FORMER = r"~+[0-9]{4}-[0-9]{2}-[0-9]{2}$"  # ends the id that ingest gives to the owner before
KEY = ["subscriber_id", "contacted_on"]


def ids_of_today(rows: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    """Return imported outcomes under the ids of today, without those of owners before.

    Args:
        rows: subscriber_id, contacted_on (a date) and outcome, as they were imported.
        inputs: of the stage.
    """
    return _without_former(_renamed(rows, inputs), inputs)


def _renamed(rows: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    """Return the rows under their new ids. From the renaming on they stay, where the old id is a subscriber again."""
    place = inputs.there(renamed_ids.TABLE)
    pairs = pd.DataFrame() if place is None else pq.read_table(place).to_pandas()
    if pairs.empty or rows.empty:
        return rows
    both = rows.merge(pairs, left_on="subscriber_id", right_on="old_id", how="left")
    people = inputs.table(subscribers.TABLE).select("subscriber_id")
    known = people.filter(people.subscriber_id.isin([*rows["subscriber_id"].unique()])).to_pandas()["subscriber_id"]
    since = pd.to_datetime(both["contacted_on"]) >= pd.to_datetime(both["renamed_on"])
    stays = both["new_id"].isna() | (since & both["subscriber_id"].isin(known))
    both["subscriber_id"] = both["subscriber_id"].where(stays, both["new_id"])
    return both[list(rows.columns)].drop_duplicates(KEY, keep="last").reset_index(drop=True)


def _without_former(rows: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    """Return the rows without those that ingest has put to the owner before: they bind nobody else."""
    past_contacts = inputs.table(contacts.TABLE)
    former = past_contacts.filter(past_contacts.subscriber_id.re_search(FORMER)).select(*KEY).distinct().to_pandas()
    if former.empty or rows.empty:
        return rows
    former["subscriber_id"] = former["subscriber_id"].str.replace(FORMER, "", regex=True)
    former["contacted_on"] = pd.to_datetime(former["contacted_on"]).dt.date
    theirs = pd.MultiIndex.from_frame(rows[KEY]).isin(pd.MultiIndex.from_frame(former))
    return rows[~theirs].reset_index(drop=True)
