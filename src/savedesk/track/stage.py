"""Stage track: params, metrics, tags, artifacts and the model of this run go to MLflow."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from savedesk import STAGES
from savedesk.contracts import cohort, decisions, features, figures, model, pages, source_facts
from savedesk.contracts.labels import CHURN_TYPES
from savedesk.errors import MissingInputError
from savedesk.inputs import Inputs
from savedesk.model.origin import require_source
from savedesk.model.schema import ModelSchema
from savedesk.params.cohort import CohortParams
from savedesk.params.engine import EngineParams
from savedesk.params.evaluate import EvaluateParams
from savedesk.params.explain import ExplainParams
from savedesk.params.features import FeaturesParams
from savedesk.params.ingest import IngestParams
from savedesk.params.language import Language
from savedesk.params.prioritise import PrioritiseParams
from savedesk.params.report import ReportParams
from savedesk.params.score import ScoreParams
from savedesk.params.simulator import SimulatorParams
from savedesk.params.source import SourceName
from savedesk.params.track import TrackParams
from savedesk.params.train import TrainParams
from savedesk.params.value import ValueParams
from savedesk.track.flatten import flatten, numbers
from savedesk.track.repository import dvc_hashes, git_tags
from savedesk.track.store import LOCAL, address, model_name, quiet, without_password
from savedesk.track.trials import log_trials

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
READS = (*FILES, *TABLES)
WRITES = (pages.RUN,)
SECTIONS = (
    SourceName,
    Language,
    EngineParams,
    IngestParams,
    SimulatorParams,
    CohortParams,
    FeaturesParams,
    TrainParams,
    ScoreParams,
    ValueParams,
    ExplainParams,
    PrioritiseParams,
    EvaluateParams,
    ReportParams,
    TrackParams,
)
EXAMPLE_ROWS = 5
LONGEST_DESCRIPTION = 5000  # characters; MLflow's limit for a version's description
REQUIREMENTS = ("lightgbm", "scikit-learn", "scipy", "pandas", "numpy")


def run(inputs: Inputs) -> dict[str, Any]:
    """Log one run and return where it is.

    Raises:
        MissingInputError: the tracking store cannot be reached or written.
        ModelSchemaError: the model was trained on another source.
    """
    quiet()
    import mlflow  # noqa: PLC0415 - telemetry must be off before it loads

    root = inputs.root
    given = os.environ.get("MLFLOW_TRACKING_URI")
    uri = address(root)
    facts = inputs.json(source_facts.FILE)
    require_source(inputs.json(model.SCHEMA), facts)
    git = git_tags(root)
    dates = inputs.table(cohort.TABLE).as_of.max().execute()
    run_name = f"{str(dates)[:10]} {git['git.short']}"
    experiment = f"savedesk/{facts['name']}"
    try:
        mlflow.set_tracking_uri(uri)
        if mlflow.get_experiment_by_name(experiment) is None:
            own = f"file://{root / 'mlartifacts'}" if uri.startswith("sqlite") else None
            mlflow.create_experiment(experiment, artifact_location=own)
        mlflow.set_experiment(experiment)
        with mlflow.start_run(run_name=run_name) as active:
            version = _log(mlflow, inputs, facts, git)
            run_id = active.info.run_id
            client, trials = mlflow.MlflowClient(), inputs.frame(model.TRIALS)
            log_trials(client, active.info.experiment_id, run_id, trials)
    except mlflow.exceptions.MlflowException as error:
        raise MissingInputError(
            f"MLflow refused: {str(error).splitlines()[0][:300]}",
            where=without_password(uri),
            next_step="check MLFLOW_TRACKING_URI, or unset it to use mlflow.db beside params.yaml",
        ) from error
    finally:
        if (
            given is None
        ):  # MLflow leaves its address in the environment, where the next run would take it for the user's
            os.environ.pop("MLFLOW_TRACKING_URI", None)
    record = {
        "tracking_uri": without_password(uri) if given else f"sqlite:///{LOCAL}",
        "experiment": experiment,
        "run_id": run_id,
        "run_name": run_name,
        "registered_model": model_name(facts["name"]),
        "registered_version": version,
    }
    return {pages.RUN.name: record, "metrics": {"registered_version": int(version)}}


def _log(mlflow: Any, inputs: Inputs, facts: Mapping[str, Any], git: Mapping[str, str]) -> str:
    root = inputs.root
    sections = {name: section.model_dump(mode="json") for name, section in inputs.sections.items()}
    params = flatten(sections)
    mlflow.log_params(params)
    mlflow.log_metrics(_metrics(root))
    rows = {
        f"rows.{table.name}": str(inputs.table(table).count().execute()) for table in (cohort.TABLE, features.TABLE)
    }
    lock = root / "requirements.lock"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:16] if lock.is_file() else "none"
    snapshot = {"folds": "stratified and random, since the source is a snapshot"} if facts["kind"] == "snapshot" else {}
    tags = {
        **git,
        **dvc_hashes(root),
        **rows,
        **snapshot,
        "engine": params["engine.name"],
        "source.kind": facts["kind"],
    }
    mlflow.set_tags({**tags, "requirements.lock": digest, "model_version": inputs.json(model.SCHEMA)["version"]})
    _log_artifacts(mlflow, inputs)
    return _log_model(mlflow, inputs, str(facts["name"]))


def _metrics(root: Path) -> dict[str, float]:
    import json  # noqa: PLC0415

    found: dict[str, float] = {}
    for stage in STAGES:
        path = root / "metrics" / f"{stage}.json"
        if path.is_file() and stage != "track":
            found |= numbers(json.loads(path.read_text(encoding="utf-8")), stage)
    return found


def _log_artifacts(mlflow: Any, inputs: Inputs) -> None:
    for page in (pages.REPORT, pages.MODEL_CARD):
        mlflow.log_artifact(str(inputs.path(page)), "report")
    mlflow.log_artifacts(str(inputs.path(figures.PLOTS)), "plots")
    mlflow.log_artifact(str(inputs.path(decisions.SUMMARY)), "list")
    mlflow.log_artifact(str(inputs.path(features.PAGE)), "features")
    for table in (
        features.DICTIONARY,
        features.STATISTICS,
        model.TRIALS,
        figures.METRICS,
        figures.CALIBRATION,
        figures.GAINS,
        figures.PROFIT,
    ):
        mlflow.log_text(inputs.frame(table).to_csv(index=False), f"tables/{table.name}.csv")
    if inputs.section(TrackParams).log_list:
        for file in (decisions.LIST_CSV, decisions.LIST_XLSX):
            mlflow.log_artifact(str(inputs.path(file)), "list")


def _log_model(mlflow: Any, inputs: Inputs, source: str) -> str:
    """Log the model with signature and example, register it with the card's summary, and point ``challenger`` at it."""
    from importlib.metadata import version  # noqa: PLC0415

    schema = inputs.json(model.SCHEMA)
    columns = list(ModelSchema.from_json(schema["columns"]).inputs.items())
    name = model_name(source)
    package = Path(__file__).parents[1]
    with tempfile.TemporaryDirectory(prefix="savedesk-track-") as scratch:
        info = mlflow.pyfunc.log_model(
            name="model",
            python_model=str(Path(__file__).with_name("served_model.py")),
            artifacts={
                "booster": str(inputs.path(model.BOOSTER)),
                "types": str(inputs.path(model.TYPES)),
                "survival": str(inputs.path(model.SURVIVAL)),
                "schema": str(inputs.path(model.SCHEMA)),
            },
            code_paths=[str(_code(package, Path(scratch)))],
            signature=_signature(columns),
            input_example=_example(inputs, columns),
            pip_requirements=[f"{package}=={version(package)}" for package in REQUIREMENTS],
            registered_model_name=name,
        )
    number, client = str(info.registered_model_version), mlflow.MlflowClient()
    client.set_registered_model_alias(name, "challenger", number)
    client.update_model_version(name, number, _short(inputs.text(pages.MODEL_CARD)))
    return number


def _short(card: str) -> str:
    """Return what the model card says before its first section, without its title."""
    return card.partition("\n## ")[0].partition("\n")[2].strip()[:LONGEST_DESCRIPTION]


def _signature(columns: list[tuple[str, str]]) -> Any:
    """Return the model's columns in and out. Any value in may be missing, whatever the example holds."""
    from mlflow.models import ModelSignature  # noqa: PLC0415 - telemetry must be off before it loads
    from mlflow.types import ColSpec, Schema  # noqa: PLC0415

    kinds = {"string": "string", "float64": "double"}
    given: list[Any] = [ColSpec(kinds[dtype], name, required=False) for name, dtype in columns]
    made = ["churn_probability", *(f"probability_{name}" for name in CHURN_TYPES)]
    out: list[Any] = [ColSpec("double", name) for name in made]
    return ModelSignature(Schema(given), Schema(out))


def _code(package: Path, scratch: Path) -> Path:
    """Copy the modules that the served model needs, without caches."""
    import shutil  # noqa: PLC0415

    target = scratch / "savedesk"
    shutil.copytree(package, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def _example(inputs: Inputs, columns: list[tuple[str, str]]) -> pd.DataFrame:
    table = inputs.table(features.TABLE)
    first = table.order_by(["as_of", "subscriber_id"]).limit(EXAMPLE_ROWS).select(*[name for name, _ in columns])
    frame: pd.DataFrame = first.to_pandas()
    return frame.astype({name: "object" if dtype == "string" else "float64" for name, dtype in columns})
