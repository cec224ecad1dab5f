"""Stage track: params, metrics, tags, artifacts and the model of this run go to MLflow, or wait on this disk for it."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from savedesk import STAGES
from savedesk.model.compatibility import require_source
from savedesk.params import registry
from savedesk.params.engine import EngineParams
from savedesk.params.track import TrackParams
from savedesk.pipeline.inputs import Inputs
from savedesk.redact import redacted, redacted_values
from savedesk.schemas import cohort, decisions, features, figures, model, pages, source_facts
from savedesk.stages.track.curves import curve_tables
from savedesk.stages.track.flatten import flatten, numbers
from savedesk.stages.track.headline import headline
from savedesk.stages.track.machine import machine_tags, stage_times
from savedesk.stages.track.moved import ARTIFACTS as ARTIFACT_HOME
from savedesk.stages.track.packed_model import pack_model
from savedesk.stages.track.reach import out_of_reach
from savedesk.stages.track.repository import dvc_experiment, dvc_hashes, git_tags
from savedesk.stages.track.send import Sent, send
from savedesk.stages.track.store import address, connected, experiment_name, model_name, shown_address
from savedesk.stages.track.trials import trial_records
from savedesk.stages.track.upload_queue import ARTIFACTS, FOLDER, MODEL, enqueue, only_one, queued_runs

FILES = (
    source_facts.FILE,
    model.BOOSTER,
    model.TYPES,
    model.SURVIVAL,
    model.SCHEMA,
    decisions.SUMMARY,
    decisions.LIST_CSV,
    decisions.LIST_XLSX,
    figures.PLOTS,
    pages.REPORT,
    pages.SHARED_REPORT,
    pages.CHARTS,
    pages.MODEL_CARD,
)
TABLES = (
    cohort.TABLE,
    features.TABLE,
    features.DICTIONARY,
    features.STATISTICS,
    features.PAGE,
    model.TRIALS,
    figures.METRICS,
    figures.CALIBRATION,
    figures.GAINS,
    figures.PROFIT,
)
LOGGED = (
    features.DICTIONARY,
    features.STATISTICS,
    model.TRIALS,
    figures.METRICS,
    figures.CALIBRATION,
    figures.GAINS,
    figures.PROFIT,
)  # as CSV
READS = (*FILES, *TABLES)
WRITES = (pages.RUN, pages.CURVES)
SECTIONS = registry.SECTIONS  # MLflow keeps the params of every section
LONGEST_DESCRIPTION = 5000  # characters; MLflow's limit for a version's description
LONGEST_DIGEST = 36  # characters; MLflow's limit for a data set's digest
DATASETS = {  # output of DVC -> what the run used it for
    "data/ingest": "source",
    "data/cohort": "labels",
    "data/features": "training",
    "data/score": "scoring",
}
PAGES, LIST, DICTIONARY, CSV = "report", "list", "features", "tables"  # folders of artifacts


def run(inputs: Inputs) -> dict[str, Any]:
    """Write the run down, send it and those that wait since earlier, and return where it is.

    Whatever the store says, the run of the pipeline ends well: what could not be sent waits in ``data/unsent``, and the
    next ``savedesk track`` sends it. Nothing is sent twice.

    Raises:
        ModelSchemaError: the model was trained on another source.
    """
    facts = inputs.json(source_facts.FILE)
    require_source(inputs.json(model.SCHEMA), facts)
    about = _about(inputs, facts)
    uri = address(inputs.root)
    with only_one(inputs.root):
        queued = enqueue(inputs.root, about, lambda folder: _fill(inputs, folder))
        sent, why = _send_all(inputs.root, uri)
    where = sent.get(queued.folder.name)
    record = {
        "run": about["key"],
        "run_name": about["name"],
        "experiment": about["experiment"],
        "registered_model": about["registered_model"],
        "tracking_uri": shown_address(uri, inputs.root),
        "run_id": where.run_id if where else None,
        "registered_version": where.version if where else None,
        "waits_in": None if where else f"{FOLDER}/{queued.folder.name}",
    }
    outputs = {
        pages.RUN.name: record,
        pages.CURVES.name: curve_tables(inputs),
        "metrics": about["headline"],
    }
    return outputs | ({"warnings": [_warning(inputs.root, uri, why)]} if why else {})


def _about(inputs: Inputs, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything about the run that is no file. Its key is the same where everything that matters is."""
    root, source = inputs.root, str(facts["name"])
    git = git_tags(root)
    dates = inputs.table(cohort.TABLE).as_of.max().execute()
    hashes = dvc_hashes(root)
    metrics = _metrics(root)
    about: dict[str, Any] = {
        "name": " ".join(filter(None, (str(dates)[:10], git["git.short"], dvc_experiment()))),
        "experiment": experiment_name(source),
        "registered_model": model_name(source),
        "description": redacted(_short(inputs.text(pages.MODEL_CARD))),
        "params": flatten(
            redacted_values({name: section.model_dump(mode="json") for name, section in inputs.sections.items()})
        ),
        "headline": headline(metrics),
        "metrics": metrics,
        "tags": redacted_values(_tags(inputs, facts) | git)
        | {f"dvc.{path}": digest for path, digest in hashes.items()},
        "trials": trial_records(inputs.frame(model.TRIALS)),
        "datasets": _datasets(root, hashes),
    }
    key = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:16]
    about["metrics"] = metrics | stage_times(root, STAGES)
    about["tags"] |= machine_tags()
    return about | {"key": key, "kept_at": int(time.time() * 1000)}  # MLflow counts in milliseconds


def _tags(inputs: Inputs, facts: Mapping[str, Any]) -> dict[str, str]:
    tables = (cohort.TABLE, features.TABLE)
    rows = {f"rows.{table.name}": str(inputs.table(table).count().execute()) for table in tables}
    lock = inputs.root / "requirements.lock"
    snapshot = {"folds": "stratified and random, since the source is a snapshot"} if facts["kind"] == "snapshot" else {}
    return {
        **rows,
        **snapshot,
        "engine": inputs.section(EngineParams).name,
        "source.kind": str(facts["kind"]),
        "requirements.lock": hashlib.sha256(lock.read_bytes()).hexdigest()[:16] if lock.is_file() else "none",
        "model_version": str(inputs.json(model.SCHEMA)["version"]),
        "mlflow.note.content": _short(inputs.text(pages.MODEL_CARD)),
    }


def _datasets(root: Path, hashes: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return the data that the run used, with DVC's hash as digest; empty where the stages ran without DVC."""
    return {
        Path(path).name: {
            "digest": hashes[path][:LONGEST_DIGEST],
            "path": path,
            "context": use,
            "profile": {"figures": f"metrics/{Path(path).name}.json"},
        }
        for path, use in DATASETS.items()
        if hashes.get(path) and (root / path).exists()
    }


def _metrics(root: Path) -> dict[str, float]:
    metrics: dict[str, float] = {}
    for stage in STAGES:
        path = root / "metrics" / f"{stage}.json"
        if path.is_file() and stage != "track":
            metrics |= numbers(json.loads(path.read_text(encoding="utf-8")), stage)
    return metrics


def _short(card: str) -> str:
    """Return what the model card says before its first section, without its title."""
    return card.partition("\n## ")[0].partition("\n")[2].strip()[:LONGEST_DESCRIPTION]


def _fill(inputs: Inputs, folder: Path) -> None:
    """Write the artifacts and the model of the run into a folder.

    The charts stand in no folder of their own: only such files does MLflow show of two runs side by side.
    """
    files = folder / ARTIFACTS
    shutil.copytree(inputs.path(figures.PLOTS), files)
    shutil.copyfile(inputs.path(pages.CHARTS), files / Path(pages.CHARTS.path).name)
    of_people = inputs.section(TrackParams).log_list
    chosen = {
        PAGES: (pages.REPORT if of_people else pages.SHARED_REPORT, pages.MODEL_CARD),
        LIST: (decisions.SUMMARY, *((decisions.LIST_CSV, decisions.LIST_XLSX) if of_people else ())),
        DICTIONARY: (features.PAGE,),
    }
    for name, contracts in chosen.items():
        (files / name).mkdir()
        for contract in contracts:
            shutil.copyfile(inputs.path(contract), files / name / Path(contract.path).name)
    (files / CSV).mkdir()
    for table in LOGGED:
        inputs.frame(table).to_csv(files / CSV / f"{table.name}.csv", index=False)
    pack_model(inputs, folder / MODEL)


def _send_all(root: Path, uri: str) -> tuple[dict[str, Sent], str]:
    """Send the runs that wait, oldest first; return where those are that the store has now, and why others are not."""
    sent: dict[str, Sent] = {}
    why = out_of_reach(uri)
    if why:
        return sent, why
    with connected(uri, root) as mlflow:
        for queued in queued_runs(root):
            try:
                sent[queued.folder.name] = send(mlflow, queued, _artifact_home(root, uri))
                queued.remove()
            except Exception as error:  # noqa: BLE001 - stores fail in their own ways; none of them is worth the list
                why = why or f"{type(error).__name__}: {error}"
                if out_of_reach(uri):
                    break
    return sent, why


def _artifact_home(root: Path, uri: str) -> str | None:
    return (root / ARTIFACT_HOME).as_uri() if uri.startswith("sqlite") else None


def _warning(root: Path, uri: str, why: str) -> str:
    waiting = len(queued_runs(root))
    runs, them = ("1 run waits", "it") if waiting == 1 else (f"{waiting} runs wait", "them")
    reason = " ".join(redacted(why).split())[:200]
    return (
        f"MLflow did not take the run ({shown_address(uri, root)}: {reason}); nothing is lost: {runs} in {FOLDER}, and "
        f"`savedesk track` sends {them} when the store is there"
    )
