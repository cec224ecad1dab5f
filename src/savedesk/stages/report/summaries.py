"""The tables of the summaries as the pages look rows up in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import decisions, summaries
from savedesk.schemas.summaries import COUNTRY

Row = dict[str, Any]


@dataclass(frozen=True)
class Summaries:
    """Every summary as a frame, in the order of its key, and why the empty ones are empty."""

    frames: dict[str, pd.DataFrame]
    lacks: dict[str, str]

    def rows(self, name: str, **at: object) -> list[Row]:
        """Return the rows of a summary whose columns have the given values."""
        frame = self.frames[name]
        for column, value in at.items():
            frame = frame[frame[column] == value]
        return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]

    def row(self, name: str, **at: object) -> Row | None:
        """Return the first of these rows, or None."""
        return next(iter(self.rows(name, **at)), None)

    @property
    def regions(self) -> list[str]:
        """Regions with subscribers, the one with the most value at risk first; none where one region is the country."""
        newest = [row for row in self.rows("months", as_of=self.as_of) if row["region"] != COUNTRY]
        return [str(row["region"]) for row in sorted(newest, key=_least_at_risk)] if len(newest) > 1 else []

    @property
    def as_of(self) -> Any:
        """The newest as_of, or None where there is none."""
        return self.frames["months"]["as_of"].max() if len(self.frames["months"]) else None

    def now(self, region: str = COUNTRY) -> Row | None:
        """Return a region at the newest as_of."""
        return self.row("months", region=region, as_of=self.as_of)

    def with_known_churn(self, region: str = COUNTRY) -> list[Row]:
        """Return a region at each as_of whose churn is known, oldest first."""
        rows = [row for row in self.rows("months", region=region) if pd.notna(row["churn_rate"])]
        return sorted(rows, key=lambda row: str(row["as_of"]))


def _least_at_risk(row: Row) -> tuple[float, int]:
    at_risk = row["value_at_risk"]
    return (-float(at_risk) if pd.notna(at_risk) else 0.0, -int(row["subscribers"]))


def read(inputs: Inputs) -> Summaries:
    """Return the summaries of the run."""
    frames = {table.name: inputs.frame(table) for table in (*summaries.TABLES, decisions.LIMITS)}
    contents = inputs.frame(summaries.CONTENTS)
    lacks = {row["table"]: row["lacks"] for row in contents.to_dict("records") if pd.notna(row["lacks"])}
    return Summaries(frames, lacks)
