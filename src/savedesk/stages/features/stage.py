"""Stage features: one row per (subscriber_id, as_of) and the dictionary of its columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from savedesk.errors import ParamsError
from savedesk.params.cohort import CohortParams
from savedesk.params.features import FeaturesParams
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import (
    attributes,
    bills,
    cohort,
    complaints,
    contacts,
    contracts,
    features,
    incidents,
    market,
    plan_changes,
    plans,
    status_changes,
    subscribers,
    surveys,
    unknown_facts,
    usage,
)
from savedesk.schemas.table import Table
from savedesk.stages.features.attributes import attribute_features
from savedesk.stages.features.declaration import Feature, declared_in
from savedesk.stages.features.facts import OWN_COLUMNS
from savedesk.stages.features.partitions import digests, kept
from savedesk.stages.features.replay import feature_values
from savedesk.stages.features.sentences import sentences

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
    contracts.TABLE,
    incidents.TABLE,
    market.TABLE,
    attributes.TABLE,
    unknown_facts.TABLE,
)
READS = (cohort.TABLE, attributes.DICTIONARY, *FACTS)
WRITES = (features.TABLE, features.PARTITIONS, features.DICTIONARY)
SECTIONS = (FeaturesParams, CohortParams)

ATTRIBUTES = "attributes"  # the family that the source gives; each other one is the module of its name
FAMILIES: dict[str, ModuleType] = {
    family: import_module(f"savedesk.stages.features.{family}")
    for family in attributes.FAMILIES
    if family != ATTRIBUTES
}
JOINED = "_right"  # ends the second of two columns of one name that a join has met


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
    declared: dict[str, tuple[str, Feature]] = {
        f.name: (family, f) for family in wanted if family in FAMILIES for f in declared_in(FAMILIES[family])
    }
    if ATTRIBUTES in wanted:
        dictionary = inputs.frame(attributes.DICTIONARY)
        families = dict(zip(dictionary["name"], dictionary["family"], strict=True))
        _refuse_taken(dictionary["name"])
        declared |= {f.name: (families[f.name], f) for f in attribute_features(dictionary)}
    return declared


def _refuse_taken(names: Iterable[str]) -> None:
    """Refuse an attribute whose name stands for something else: a label under that name would become a feature."""
    own = {feature.name for family in FAMILIES.values() for feature in declared_in(family)}
    taken = own.union(cohort.TABLE.column_names, subscribers.TABLE.column_names, OWN_COLUMNS)
    for name in names:
        if name in taken or name.endswith(JOINED):
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
    given = {contract.name: table for contract, table in tables.items()}
    computed = [feature for _, feature in used.values() if feature.fitted_from is None]
    params, people = inputs.section(CohortParams), inputs.table(cohort.TABLE)
    values = feature_values(inputs.engine, given, people, days, params, computed)
    yield from inputs.progress.track(values, "as_of dates", len(days))


def _dictionary(used: Mapping[str, tuple[str, Feature]]) -> pd.DataFrame:
    rows = []
    for family, feature in used.values():
        row = asdict(feature) | {"family": family, "speaks_from": feature.speaks[0], "speaks_to": feature.speaks[1]}
        row |= {f"sentence_{language}": sentence for language, sentence in sentences(feature).items()}
        rows.append({name: row[name] for name in features.DICTIONARY.column_names})
    return pd.DataFrame(rows, columns=list(features.DICTIONARY.column_names))
