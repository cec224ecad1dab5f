"""Where a data scientist tries features: the current data of a project, without running a stage."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from savedesk.engine.duckdb import open_duckdb
from savedesk.errors import MissingInputError, ParamsError
from savedesk.params.engine import EngineParams
from savedesk.params.load import load_params
from savedesk.pipeline.inputs import Inputs, Progress
from savedesk.schemas import attributes, cohort
from savedesk.stages.features.declaration import Feature, declared_in
from savedesk.stages.features.stage import FAMILIES, READS, SECTIONS, declared_features
from savedesk.stages.features.trial import Trial, try_feature

ItemT = TypeVar("ItemT")


def registered(root: Path) -> dict[str, tuple[str, Feature]]:
    """Return name -> (family, feature): of the families, and of the source's attributes where it has been ingested."""
    of_families = {
        feature.name: (family, feature) for family, module in FAMILIES.items() for feature in declared_in(module)
    }
    if not (root / attributes.DICTIONARY.path).exists():
        return of_families
    sections = load_params(root)
    engine = sections[EngineParams.key]
    assert isinstance(engine, EngineParams)  # noqa: S101 - for the type checker
    with open_duckdb(engine) as opened:
        declared = {kind.key: sections[kind.key] for kind in SECTIONS}
        return of_families | declared_features(Inputs(root, opened, READS, declared, _Silent()))


def tried(root: Path, name: str, progress: Progress) -> tuple[Trial, str]:
    """Return the trial of a feature on the current data, and its family.

    Raises:
        ParamsError: no feature has that name.
        MissingInputError: ingest or cohort has not run.
    """
    known = registered(root)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
        step = f"did you mean {' or '.join(near)}?" if near else "see `savedesk feature list`"
        raise ParamsError(f"no feature is named {name!r}", where="savedesk feature try", next_step=step)
    if not (root / cohort.TABLE.path).exists():
        raise MissingInputError("not there", where=cohort.TABLE.path, next_step="run `savedesk ingest`, then cohort")
    family, feature = known[name]
    sections = load_params(root)
    engine = sections[EngineParams.key]
    assert isinstance(engine, EngineParams)  # noqa: S101 - for the type checker
    with open_duckdb(engine) as opened:
        declared = {kind.key: sections[kind.key] for kind in SECTIONS}
        return try_feature(Inputs(root, opened, READS, declared, progress), feature), family


class _Silent:
    """A progress display that shows nothing."""

    def track(self, items: Iterable[ItemT], label: str, total: int) -> Iterator[ItemT]:  # noqa: ARG002
        """Yield the items."""
        return iter(items)
