"""Stage features: one row per (subscriber_id, as_of) and the dictionary of its columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import ibis
import pandas as pd

from savedesk.contracts import (
    attributes,
    bills,
    cohort,
    complaints,
    contacts,
    features,
    incidents,
    market,
    plan_changes,
    plans,
    status_changes,
    subscribers,
    surveys,
    usage,
)
from savedesk.contracts.table import Table
from savedesk.engine.base import Engine
from savedesk.errors import ParamsError
from savedesk.features import (
    billing,
    competition,
    contact_history,
    network_quality,
    price_sensitivity,
    satisfaction,
    tenure,
)
from savedesk.features import complaints as complaints_family
from savedesk.features import usage as usage_family
from savedesk.features.attributes import attribute_features
from savedesk.features.declaration import ROWS_OF_EVENTS, Feature, declared_in
from savedesk.features.facts import Keep, facts_at, month_panels
from savedesk.features.partitions import digests, kept
from savedesk.inputs import Inputs
from savedesk.params.cohort import CohortParams
from savedesk.params.features import FeaturesParams

FACTS = (
    subscribers.TABLE,
    plans.TABLE,
    status_changes.TABLE,
    usage.TABLE,
    bills.TABLE,
    plan_changes.TABLE,
    complaints.TABLE,
    surveys.TABLE,
    contacts.TABLE,
    incidents.TABLE,
    market.TABLE,
    attributes.TABLE,
)
READS = (cohort.TABLE, attributes.DICTIONARY, *FACTS)
WRITES = (features.TABLE, features.PARTITIONS, features.DICTIONARY)
SECTIONS = (FeaturesParams, CohortParams)

FAMILIES = {
    "usage": usage_family,
    "tenure": tenure,
    "price_sensitivity": price_sensitivity,
    "complaints": complaints_family,
    "billing": billing,
    "network_quality": network_quality,
    "competition": competition,
    "contact_history": contact_history,
    "satisfaction": satisfaction,
}
ATTRIBUTES = "attributes"
LAST = "features_at"
SHORTEST_MONTHS = 12  # the longest window that a feature of the families above looks back over


def run(inputs: Inputs) -> dict[str, Any]:
    """Return the feature partitions, one for each as_of of the cohort, and the dictionary.

    Partitions of the last run that still hold are kept; see ``partitions``.
    """
    used = declared_features(inputs)
    people = inputs.table(cohort.TABLE)
    days = sorted(pd.Timestamp(day).date() for day in people.select("as_of").distinct().to_pandas()["as_of"])
    tables = {contract: inputs.table(contract) for contract in FACTS}
    wanted = digests(inputs, tables, days, used)
    held = kept(inputs, wanted)
    dictionary = _dictionary(used)
    families = dictionary.groupby("family", sort=True).size()
    counts = {"features": len(used), "as_of_dates": len(days), "as_of_dates_computed": len(days) - len(held)}
    partitions = pd.DataFrame({"as_of": list(wanted), "digest": list(wanted.values())})
    return {
        features.TABLE.name: _partitions(inputs, used, tables, days, held),
        features.PARTITIONS.name: partitions,
        features.DICTIONARY.name: dictionary,
        "metrics": counts | {f"features_{family}": int(count) for family, count in families.items()},
    }


def declared_features(inputs: Inputs) -> dict[str, tuple[str, Feature]]:
    """Return name -> (family, feature) for the families in use; an attribute has the family that its source names."""
    wanted = inputs.section(FeaturesParams).families
    found: dict[str, tuple[str, Feature]] = {
        f.name: (family, f) for family in wanted if family in FAMILIES for f in declared_in(FAMILIES[family])
    }
    if ATTRIBUTES in wanted:
        dictionary = inputs.frame(attributes.DICTIONARY)
        families = dict(zip(dictionary["name"], dictionary["family"], strict=True))
        _refuse_taken(dictionary["name"])
        found |= {f.name: (families[f.name], f) for f in attribute_features(dictionary)}
    return found


def _refuse_taken(names: Iterable[str]) -> None:
    """Refuse an attribute whose name stands for something else: a label under that name would become a feature."""
    own = {one.name for family in FAMILIES.values() for one in declared_in(family)}
    taken = own.union(cohort.TABLE.column_names, subscribers.TABLE.column_names)
    for name in names:
        if name in taken:
            raise ParamsError(
                f"attribute {name!r} has the name of a column that Savedesk makes itself",
                where="source.yaml: attributes",
                next_step=f"give it another name, such as {name}_given",
            )


def _partitions(
    inputs: Inputs,
    used: Mapping[str, tuple[str, Feature]],
    tables: Mapping[Table, Any],
    every: list[dt.date],
    held: Mapping[dt.date, Path],
) -> Iterator[tuple[dt.date, Any]]:
    """Yield each as_of with its partition: the file that holds it, or the table that it is made of."""
    yield from held.items()
    days = [day for day in every if day not in held]
    if not days:
        return
    months = max(inputs.section(CohortParams).observation_months, SHORTEST_MONTHS)
    facts_of = {contract.name: table for contract, table in tables.items()}
    people = inputs.table(cohort.TABLE)
    panels = month_panels(facts_of, days, months, inputs.engine.materialise)
    computed = [one for _, one in used.values() if one.fitted_from is None]
    replay = Replay(inputs.engine)
    for day in inputs.progress.track(days, "as_of dates", len(days)):
        there = people.filter(people.as_of == ibis.date(day.year, day.month, day.day)).select("subscriber_id", "as_of")
        cohort_at = inputs.engine.materialise(there, "cohort_at")
        if not replay.steps:
            facts = facts_at(facts_of, panels, cohort_at, months, replay.keep)
            yield day, replay.keep(features_at(facts, computed, cohort_at, replay.keep), LAST)
        else:
            yield day, replay.again()


@dataclass
class Replay:
    """A chain of named tables that is computed anew when the rows that it starts from have changed."""

    engine: Engine
    steps: list[Callable[[], Any]] = field(default_factory=list)

    def keep(self, expression: Any, name: str) -> Any:
        """Compute a table under its name, remember how, and return it."""
        step = self.engine.repeatable(expression, name)
        self.steps.append(step)
        return step()

    def again(self) -> Any:
        """Compute the whole chain anew and return its last table."""
        return [step() for step in self.steps][-1]


def features_at(facts: Mapping[str, Any], used: list[Feature], cohort_at: Any, keep: Keep) -> Any:
    """Return one row for each subscriber of the cohort with every feature, empty values filled in.

    Each basis is a statement of its own: translating one over all of them takes many times longer.

    Args:
        facts: see ``facts_at``.
        used: features.
        cohort_at: subscriber_id and as_of.
        keep: see ``month_panels``.
    """
    table = cohort_at
    for basis in dict.fromkeys(one.basis for one in used):
        mine = [one for one in used if one.basis == basis]
        cells = {one.name: one.expression(facts[basis]) for one in mine}
        if basis in ROWS_OF_EVENTS:
            part = facts[basis].group_by("subscriber_id").aggregate(**cells)
        else:
            part = facts[basis].select("subscriber_id", **cells)
        part = keep(part, f"features_of_{basis}")
        table = table.left_join(part, "subscriber_id").drop("subscriber_id_right")
    filled = {one.name: _value(table[one.name], one) for one in used}
    return table.select("subscriber_id", "as_of", **filled)


def _value(column: Any, one: Feature) -> Any:
    if one.dtype == "string":
        return column.cast("string")
    number = column.cast("float64")
    return number if one.empty is None else number.fill_null(one.empty)


def _dictionary(used: Mapping[str, tuple[str, Feature]]) -> pd.DataFrame:
    rows = []
    for family, one in used.values():
        row = asdict(one) | {"family": family, "speaks_from": one.speaks[0], "speaks_to": one.speaks[1]}
        rows.append({name: row[name] for name in features.DICTIONARY.column_names})
    return pd.DataFrame(rows, columns=list(features.DICTIONARY.column_names))
