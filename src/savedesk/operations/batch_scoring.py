"""Score new data with a stored model: one as_of, no labels, nothing retrained, in a folder of its own.

The same stages run as in the pipeline, on the tables that ingest wrote last. What they write lands together below
``data/scored/<as_of>``, laid out like a project, and the outputs of the last training run stay as they are.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from savedesk.engine.base import ARROW_TYPES
from savedesk.errors import MissingInputError, ModelSchemaError, ParamsError
from savedesk.model.compatibility import require_source, require_windows
from savedesk.model.stored import require_one_model
from savedesk.model.trial_read import require_readable
from savedesk.operations.promote.ledger import require_promoted
from savedesk.params.cohort import CohortParams
from savedesk.params.load import load_params
from savedesk.params.section import Section
from savedesk.pipeline.inputs import Progress
from savedesk.pipeline.runner import (
    Summary,
    exchange,
    recover,
    refuse_in_the_way,
    run_stage,
    scratch_folder,
    stage_module,
)
from savedesk.schemas import cohort, features, model, reasons, source_facts
from savedesk.schemas.outcomes import IMPORTED

FOLDER = "data/scored"
SCORING, LISTING = ("cohort", "features", "score"), ("value", "explain", "prioritise")
MODEL_FILES = (model.BOOSTER, model.TYPES, model.SURVIVAL, model.SCHEMA)
LEARNED_FROM = (reasons.CONTACTS, reasons.CONTACT_SCORES, cohort.TABLE)
NEWEST = "newest"
CHAMPION = "champion"
CHAMPIONS = model.CHAMPION.path  # where promote puts its files, so that no MLflow is needed to use it
ALIASES = (CHAMPION, "challenger")  # of registered models, even where a folder has that name
OPTION = "score --as-of"


@dataclass(frozen=True)
class Scored:
    """What was scored.

    Args:
        as_of: day of the decision.
        model: where the model came from.
        trained_until: newest as_of that it learnt from.
        knows_later: whether it learnt from outcomes that were not known at as_of.
        folder: of the outputs, below the project folder.
        stages: what each stage did.
    """

    as_of: str
    model: str
    trained_until: str
    knows_later: bool
    folder: str
    stages: Mapping[str, Summary]


def score_as_of(root: Path, as_of: str, wanted: str, progress: Progress, *, with_list: bool) -> Scored:
    """Score everybody at one as_of with a stored model.

    Args:
        root: project folder.
        as_of: a month start within the data, or ``newest``.
        wanted: alias or number of a registered model, or a folder; empty: ``models/trained``.
        progress: progress display.
        with_list: whether value, reasons and the list are made too.

    Raises:
        SavedeskError: whatever a stage found wrong; the outputs of an earlier run for that as_of stay.
    """
    facts = _facts(root)
    sections = _sections(root, as_of, facts)
    refuse_in_the_way(root, [FOLDER])
    recover(root, "scored")
    with scratch_folder(root, "scored") as scratch:
        work = scratch / "work"
        model_label = _take_model(root, wanted, str(facts["name"]), (work / model.SCHEMA.path).parent)
        try:
            description = _checked(work, facts, sections)
            if model_label == CHAMPIONS:
                require_promoted(root, str(facts["name"]), description)
        except ModelSchemaError as error:
            error.where = model_label
            raise
        paths = _paths(root, work, own=not wanted)
        done = {}
        for name in SCORING + (LISTING if with_list else ()):
            done[name] = run_stage(name, work, sections, progress, paths[name])
        day = str(done["cohort"].metrics["score_last_as_of"])
        top = f"{FOLDER}/{day}"
        refuse_in_the_way(root, [top])
        (scratch / FOLDER).mkdir(parents=True)
        work.rename(scratch / top)
        exchange(scratch, root, [top])
    until = str(description["train_last_as_of"])
    known_on = str(description.get("train_labels_known_on") or "")  # ISO dates are ordered as texts
    return Scored(day, model_label, until, day <= until or day < known_on, top, done)


def _facts(root: Path) -> dict[str, Any]:
    path = root / source_facts.FILE.path
    if not path.is_file():
        raise MissingInputError("not there", where=source_facts.FILE.path, next_step="run `savedesk ingest`")
    facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return facts


def _sections(root: Path, as_of: str, facts: Mapping[str, Any]) -> dict[str, Section]:
    """Return the params with the as_of asked for.

    Raises:
        ParamsError: no date, or not that of the snapshot.
    """
    sections = load_params(root)
    try:
        day = NEWEST if as_of == NEWEST else dt.date.fromisoformat(as_of)
    except ValueError as error:
        raise ParamsError(
            f"{as_of!r} is no date", where=OPTION, allowed="newest, or a month start such as 2026-01-01"
        ) from error
    if facts["kind"] == "snapshot" and day != NEWEST and str(day) != facts["as_of"]:
        raise ParamsError(
            f"{day} is not the day of the snapshot",
            where=OPTION,
            allowed=f"newest, or {facts['as_of']}",
            next_step="choose one of them, or run `savedesk ingest` on the snapshot of that day",
        )
    windows = sections[CohortParams.key].model_copy(update={"as_of": day, "score_only": True})
    return sections | {CohortParams.key: windows}


def _take_model(root: Path, wanted: str, source: str, into: Path) -> str:
    """Copy the model's files, so that the scores keep what they were made with; return where they came from."""
    into.mkdir(parents=True)
    label = ""
    if wanted == CHAMPION and _is_of(root / CHAMPIONS, source):
        wanted, label = str(root / CHAMPIONS), CHAMPIONS
    given = Path(wanted) if wanted else (root / model.SCHEMA.path).parent
    if wanted and (wanted in ALIASES or wanted.isdigit() or not ("/" in wanted or given.is_dir())):
        from savedesk.stages.track.registry import fetch_model  # noqa: PLC0415 - MLflow is slow to load

        label = fetch_model(root, source, wanted, into)
        return label if wanted.isdigit() else f"{label} ({wanted})"
    shown = label or wanted or str(Path(model.SCHEMA.path).parent)
    for contract in MODEL_FILES:
        name = Path(contract.path).name
        if not (given / name).is_file():
            raise MissingInputError(
                "not there",
                where=f"{shown}/{name}",
                next_step="give --model a folder with all files of a model, or an alias or version"
                if wanted
                else "run `savedesk train`, or give --model an alias, a version or a folder",
            )
        shutil.copyfile(given / name, into / name)
    return shown


def _is_of(folder: Path, source: str) -> bool:
    """Return whether a model of this source lies in a folder."""
    try:
        described: dict[str, Any] = json.loads((folder / Path(model.SCHEMA.path).name).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    return described.get("source") == source


def _checked(work: Path, facts: Mapping[str, Any], sections: Mapping[str, Section]) -> dict[str, Any]:
    """Return the model's description, before anything is computed for a model that could not be used.

    Raises:
        ModelSchemaError: it is damaged, its files are of several models, or it is of another source or other windows.
    """
    read = [(work / contract.path).read_text(encoding="utf-8", errors="replace") for contract in MODEL_FILES]
    booster, types, hazards, described = read
    try:
        description: dict[str, Any] = json.loads(described)
    except ValueError:
        description = {}
    require_one_model(booster, types, hazards, description)
    require_readable(booster, types, hazards, description)
    require_source(description, facts)
    windows = sections[CohortParams.key]
    assert isinstance(windows, CohortParams)  # noqa: S101 - for the type checker
    require_windows(description, windows)
    return description


def _paths(root: Path, work: Path, *, own: bool) -> dict[str, dict[str, Path]]:
    """Return where each stage finds what the others of this run do not make: tables of ingest, out-of-fold scores.

    Rows that the project's own model was trained on take the score of their fold, as in the pipeline; another model has
    no scores here. Features take the partition of the training run where it still holds.
    """
    unseen = root / model.OUT_OF_FOLD.path
    if not (own and unseen.is_file()):
        unseen = work / model.OUT_OF_FOLD.path
        unseen.parent.mkdir(parents=True)
        schema = pa.schema([(column.name, ARROW_TYPES[column.dtype]) for column in model.OUT_OF_FOLD.columns])
        pq.write_table(schema.empty_table(), unseen)
    paths = {
        name: {
            contract.name: root / contract.path for contract in stage_module(name).READS if contract.stage == "ingest"
        }
        | {model.OUT_OF_FOLD.name: unseen}
        for name in SCORING + LISTING
    }
    paths["features"] |= {contract.name: root / contract.path for contract in (features.TABLE, features.PARTITIONS)}
    paths["prioritise"] |= learned_from(root) | {IMPORTED.name: root / IMPORTED.path}
    return paths


def learned_from(root: Path) -> dict[str, Path]:
    """Return where the list of a single as_of finds the past contacts that save rates are learned from, if it does.

    They are those that the training run explained: the as_of itself has no outcome yet.
    """
    paths = {contract.name: root / contract.path for contract in LEARNED_FROM}
    return paths if all(path.is_file() for path in paths.values()) else {}
