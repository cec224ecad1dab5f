"""The values of features at one as_of after the other: translated into statements once, run again for each date."""

from __future__ import annotations

import datetime as dt
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import ibis

from savedesk.engine.base import Engine
from savedesk.errors import ParamsError
from savedesk.params.cohort import CohortParams
from savedesk.stages.features.declaration import ROWS_OF_EVENTS, Feature
from savedesk.stages.features.doubts import Doubt, doubts_of, is_unknown, unknown_of
from savedesk.stages.features.facts import DOUBTS, Keep, facts_at, month_panels

LAST = "features_at"
WIDE = ("usage_at", "bills_at")  # tables of a hundred columns, of which one feature needs a few


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

    def narrow(self, expression: Any, name: str) -> Any:
        """Keep a table, but leave a wide one to its reader: the engine then computes only the columns that are read."""
        return expression if name in WIDE else self.keep(expression, name)

    def again(self) -> Any:
        """Compute the whole chain anew and return its last table."""
        return [step() for step in self.steps][-1]


def feature_values(
    engine: Engine,
    tables: Mapping[str, Any],
    people: Any,
    days: Sequence[dt.date],
    params: CohortParams,
    used: Sequence[Feature],
) -> Iterator[tuple[dt.date, Any]]:
    """Yield each as_of with the table of its features: one row for each subscriber of the cohort.

    Args:
        engine: open engine.
        tables: canonical tables by name.
        people: cohort.
        days: as_of dates.
        params: section ``cohort``.
        used: features.
    """
    bases = {feature.basis for feature in used}
    panels = month_panels(tables, days, params, engine.materialise, bases)
    replay = Replay(engine)
    for day in days:
        there = people.filter(people.as_of == ibis.date(day.year, day.month, day.day)).select("subscriber_id", "as_of")
        cohort_at = engine.materialise(there, "cohort_at")
        if replay.steps:
            yield day, replay.again()
        else:
            facts = facts_at(tables, panels, cohort_at, params, replay.keep if len(used) > 1 else replay.narrow, bases)
            yield day, replay.keep(features_at(facts, used, cohort_at, replay.keep), LAST)


def features_at(facts: Mapping[str, Any], used: Sequence[Feature], cohort_at: Any, keep: Keep) -> Any:
    """Return one row for each subscriber of the cohort with every feature, empty values filled in.

    Each basis is a statement of its own: translating one over all of them takes many times longer.

    Args:
        facts: see ``facts_at``.
        used: features.
        cohort_at: subscriber_id and as_of.
        keep: see ``month_panels``.
    """
    table = cohort_at
    doubts = doubts_of(tuple(facts[DOUBTS].columns)) if DOUBTS in facts else ()
    resting_on: dict[str, tuple[Doubt, ...]] = {}
    for basis in dict.fromkeys(feature.basis for feature in used):
        mine = [feature for feature in used if feature.basis == basis]
        cells = {feature.name: _computed(feature, facts[basis]) for feature in mine}
        resting_on |= {feature.name: unknown_of(feature, cells[feature.name], doubts) for feature in mine}
        if basis in ROWS_OF_EVENTS:
            some = {_events(basis): facts[basis].count()} if any(feature.may_be_unknown for feature in mine) else {}
            part = facts[basis].group_by("subscriber_id").aggregate(**cells, **some)
        else:
            part = facts[basis].select("subscriber_id", **cells)
        part = keep(part, f"features_of_{basis}")
        table = table.left_join(part, "subscriber_id").drop("subscriber_id_right")
    if doubts:
        table = table.left_join(facts[DOUBTS], "subscriber_id").drop("subscriber_id_right")
    filled = {
        feature.name: _value(table, feature, is_unknown(table, feature, resting_on[feature.name])) for feature in used
    }
    return table.select("subscriber_id", "as_of", **filled)


def _computed(feature: Feature, rows: Any) -> Any:
    """Return what a feature's function makes of its basis.

    Raises:
        ParamsError: the function fails: a mistake in it, and none in the data.
    """
    try:
        return feature.expression(rows)
    except Exception as error:
        file = feature.expression.__code__.co_filename
        lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == file]
        place = PurePath(file)
        raise ParamsError(
            f"the function fails: {type(error).__name__}: {error}",
            where=f"feature {feature.name}: {place.parent.name}/{place.name} line {lines[-1]}",
            next_step="mend it; docs/add_a_feature.md says what it is given",
        ) from error


def _events(basis: str) -> str:
    """Return the name of the column with the number of a subscriber's rows in a basis of events."""
    return f"events@{basis}"


def _value(table: Any, feature: Feature, unknown: Any | None) -> Any:
    """Return a feature's value: what is not there is its empty value, what is unknown stays missing."""
    value = table[feature.name].cast(feature.dtype)
    if feature.may_be_unknown:
        value = ibis.ifelse(table[_events(feature.basis)].isnull(), feature.empty, value)
    elif not (feature.dtype == "string" or feature.empty is None):
        value = value.fill_null(feature.empty)
    return value if unknown is None else ibis.ifelse(unknown, ibis.null(feature.dtype), value)
