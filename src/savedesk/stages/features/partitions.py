"""Which partitions of the last run still hold: a new month computes one new partition and leaves the others alone.

A partition follows from the facts that were known before its as_of, from who was in the cohort then, from the code, and
from the params that say how far back features look and which months are complete. Its digest is made of those and of
nothing else, so a fact that became known later leaves it as it is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import pandas as pd

from savedesk.params.cohort import CohortParams
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import attributes, cohort, features, plans, subscribers, unknown_facts
from savedesk.schemas.table import Table
from savedesk.stages.features.declaration import Feature
from savedesk.stages.features.facts import months_seen

PACKAGE = Path(__file__).parents[2]
# partitions follow from it
CODE = ("stages/features/**/*.py", "schemas/*.py", "engine/*.py", "domain/*.py")
ALWAYS = dt.date(1899, 12, 31)  # before any date that a contract allows
MODULUS = 4_294_967_291  # the largest prime below 2^32: sums of two thousand million such hashes stay whole numbers
PERSON = ("account_id", "segment", "region", "birth_year", "activated_on", "payment_method", "acquisition_channel")


@dataclass(frozen=True)
class Part:
    """Columns of a table whose values became known on one day.

    Args:
        table: Ibis table.
        columns: key and values.
        day: column with the day; none: every row was always known.
        pending: whether a row without a day is not known yet (an unpaid bill); else it was always known.
    """

    table: Any
    columns: tuple[str, ...]
    day: str = ""
    pending: bool = False


def digests(
    inputs: Inputs, tables: Mapping[Table, Any], days: Sequence[dt.date], used: Mapping[str, tuple[str, Feature]]
) -> dict[dt.date, str]:
    """Return a digest for each as_of: equal digests, equal partitions.

    Args:
        inputs: of the stage.
        tables: canonical tables that features are made of.
        days: as_of dates.
        used: name -> (family, feature).
    """
    seen = pd.concat([_by_day(part) for contract, table in tables.items() for part in _parts(contract, table)])
    there = _by_day(Part(inputs.table(cohort.TABLE), ("subscriber_id",), "as_of")).set_index("day")
    people = {day: (int(row["rows"]), int(row["digest"])) for day, row in there.to_dict("index").items()}
    made_by, params = _code(inputs.engine.name, used), inputs.section(CohortParams)
    looked_at = [months_seen(params), params.complete_month_share, params.complete_month_lookback]
    by_day = {}
    for day in days:
        known = seen[seen["day"] < day].groupby("part", sort=True)[["rows", "digest"]].sum()
        said = [made_by, *looked_at, str(day), known.reset_index().to_json(), *people[day]]
        by_day[day] = hashlib.sha256(json.dumps(said).encode()).hexdigest()
    return by_day


def kept(inputs: Inputs, wanted: Mapping[dt.date, str]) -> dict[dt.date, Path]:
    """Return the partitions of the last run that still hold, and where they lie."""
    written, folder = inputs.before(features.PARTITIONS), inputs.before(features.TABLE)
    if written is None or folder is None:
        return {}
    try:
        old = pd.read_parquet(written)
        held = {pd.Timestamp(day).date(): digest for day, digest in zip(old["as_of"], old["digest"], strict=True)}
    except (OSError, ValueError, KeyError):  # of another version, or damaged: all is computed anew
        return {}
    places = {day: folder / features.TABLE.part_name(day) for day in wanted}
    return {day: places[day] for day, digest in wanted.items() if held.get(day) == digest and places[day].exists()}


def _parts(contract: Table, table: Any) -> list[Part]:
    """Part a table by the day on which its columns became known; see ``known_before``."""
    if contract is subscribers.TABLE:
        return [Part(table, (*contract.key, *PERSON), "activated_on")]
    if contract is plans.TABLE:
        return [Part(table, contract.column_names, "on_sale_from")]
    if contract is attributes.TABLE:
        return [Part(table, tuple(table.columns))]
    if contract is unknown_facts.TABLE:
        return [Part(table, tuple(name for name in contract.column_names if name != "number"), "day")]
    late = [column for column in contract.columns if column.known_by]
    first = Part(table, tuple(c.name for c in contract.columns if c not in late), "known_on")
    return [first, *[Part(table, (*contract.key, column.name), column.known_by, pending=True) for column in late]]


def _by_day(part: Part) -> pd.DataFrame:
    """Return rows and digest of a part for each day: a sum of hashes, to which the order of rows does not matter."""
    table = part.table.filter(part.table[part.day].notnull()) if part.pending else part.table
    day = table[part.day].fill_null(_date(ALWAYS)) if part.day else _date(ALWAYS)
    digest = ibis.struct({name: table[name] for name in part.columns}).hash() % MODULUS
    rows = table.select(day=day, digest=digest)
    counted = rows.group_by("day").aggregate(rows=rows.count(), digest=rows.digest.sum()).to_pandas()
    sums: pd.DataFrame = counted.assign(
        day=[pd.Timestamp(stamp).date() for stamp in counted["day"]],
        part=f"{part.table.get_name()}:{','.join(part.columns)}",
    )
    return sums


def _date(day: dt.date) -> Any:
    return ibis.date(day.year, day.month, day.day)


def _code(engine: str, used: Mapping[str, tuple[str, Feature]]) -> str:
    """Return a hash of the code that makes features, of the engine and of the features in use."""
    digest = hashlib.sha256(f"{engine} {ibis.__version__} {' '.join(used)}".encode())
    for pattern in CODE:
        for path in sorted(PACKAGE.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()
