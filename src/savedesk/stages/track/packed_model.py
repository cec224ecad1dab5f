"""Everything that the served model is made of: its files, its code, its signature and an example."""

from __future__ import annotations

import json
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from savedesk.locales.placeholders import fields
from savedesk.model.schema import ModelSchema
from savedesk.params.explain import ExplainParams
from savedesk.params.language import Language
from savedesk.pipeline.inputs import Inputs
from savedesk.reasons.words import say
from savedesk.schemas import features, model
from savedesk.schemas.labels import CHURN_TYPES
from savedesk.schemas.scores import SURVIVAL_COLUMNS
from savedesk.stages.track.invented_rows import invented_rows

PACKAGE = Path(__file__).parents[2]
CODE = (  # files of the package that the served model imports; a test compares
    "__init__.py",
    "schemas/__init__.py",
    "schemas/cohort.py",
    "schemas/labels.py",
    "schemas/model.py",
    "schemas/reasons.py",
    "schemas/scores.py",
    "schemas/table.py",
    "errors.py",
    "locales/__init__.py",
    "locales/placeholders.py",
    "model/__init__.py",
    "model/additive.py",
    "model/calibration.py",
    "model/contributions.py",
    "model/fitted.py",
    "model/interval.py",
    "model/predicted.py",
    "model/sample.py",
    "model/schema.py",
    "model/stored.py",
    "model/survival.py",
    "model/tree_text.py",
    "numerals.py",
    "params/__init__.py",
    "params/explain.py",
    "params/section.py",
    "reasons/__init__.py",
    "reasons/explained.py",
    "reasons/phrase.py",
    "reasons/rows.py",
)
SERVED = "served_model.py"
REQUIREMENTS = (  # what that code imports
    "ibis-framework",
    "lightgbm",
    "numpy",
    "pandas",
    "pydantic",
    "scikit-learn",
    "scipy",
    "sqlglot",
    "threadpoolctl",
)
FILES = {"booster": model.BOOSTER, "types": model.TYPES, "survival": model.SURVIVAL, "schema": model.SCHEMA}
TOLD = "served"  # beside them: how reasons are told
EXAMPLE, COLUMNS = "example.json", "columns.json"
REASONS = 3


def pack_model(inputs: Inputs, folder: Path) -> None:
    """Copy files and code of the model into a folder, from which it can be logged at any later time.

    Args:
        inputs: of stage track.
        folder: not there yet.
    """
    folder.mkdir(parents=True)
    for name, contract in FILES.items():
        shutil.copyfile(inputs.path(contract), folder / file_name(name))
    dictionary = inputs.frame(features.DICTIONARY)
    schema = ModelSchema.from_json(inputs.json(model.SCHEMA)["columns"])
    table = inputs.table(features.TABLE)
    explanation_of = [name for name in _features_named(dictionary, schema) if name in table.columns]
    language = inputs.section(Language).code
    served = {
        "language": language,
        "no_reason": say("no_reason", language),
        "explain": inputs.section(ExplainParams).model_dump(mode="json"),
        "dictionary": _records(dictionary),
        "explanation_of": explanation_of,
    }
    _write(folder / file_name(TOLD), served)
    dtypes = dict(zip(dictionary["name"], dictionary["dtype"], strict=True))
    columns = schema.inputs | {name: dtypes[name] for name in explanation_of if name not in schema.inputs}
    _write(folder / COLUMNS, columns)
    _write(folder / EXAMPLE, invented_rows(inputs.frame(features.STATISTICS), columns))
    shutil.copyfile(Path(__file__).with_name(SERVED), folder / SERVED)
    for name in CODE:
        target = folder / "code" / PACKAGE.name / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PACKAGE / name, target)


def log_arguments(folder: Path) -> dict[str, Any]:
    """Return what MLflow's ``log_model`` is told of a packed model."""
    columns = json.loads((folder / COLUMNS).read_text(encoding="utf-8"))
    example = pd.DataFrame(json.loads((folder / EXAMPLE).read_text(encoding="utf-8")), columns=list(columns))
    return {
        "python_model": str(folder / SERVED),
        "artifacts": {name: str(folder / file_name(name)) for name in (*FILES, TOLD)},
        "code_paths": [str(folder / "code" / PACKAGE.name)],
        "signature": _signature(columns),
        "input_example": example.astype(
            {name: "object" if dtype == "string" else "float64" for name, dtype in columns.items()}
        ),
        "pip_requirements": [f"{package}=={version(package)}" for package in REQUIREMENTS],
    }


def file_name(name: str) -> str:
    """Return under which name a file of the model is packed; those of the contracts keep their own."""
    return Path(FILES[name].path).name if name in FILES else f"{name}.json"


def _features_named(dictionary: pd.DataFrame, schema: ModelSchema) -> list[str]:
    """Return the features that the sentences of the model's features name beside their own."""
    names = set(schema.names)
    own = dictionary[dictionary["name"].isin(names)]
    said = [text for column in ("sentence_en", "sentence_zh") for text in own[column].dropna()]
    named = {field for text in said for field in fields(text)}
    return [name for name in dictionary["name"] if name in named]


def _signature(columns: dict[str, str]) -> Any:
    """Return the model's columns in and out. Any value in may be missing, whatever the example holds."""
    from mlflow.models import ModelSignature  # noqa: PLC0415 - telemetry must be off before it loads
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema  # noqa: PLC0415

    kinds = {"string": "string", "float64": "double"}
    given: list[Any] = [ColSpec(kinds[dtype], name, required=False) for name, dtype in columns.items()]
    numbers = [f"probability_{name}" for name in CHURN_TYPES]
    times = ["expected_days_to_churn", "expected_months", "median_months"]
    texts = [f"reason_{place}{part}" for place in range(1, REASONS + 1) for part in ("", "_code")]
    out: list[Any] = [
        *[ColSpec("double", name) for name in ("churn_probability", *numbers)],
        ColSpec("string", "churn_type"),
        *[ColSpec("double", name, required=False) for name in times],
        *[ColSpec("double", name) for name in SURVIVAL_COLUMNS],
        *[ColSpec("string", name, required=False) for name in texts],
    ]
    return ModelSignature(Schema(given), Schema(out), ParamSchema([ParamSpec("reasons", "boolean", default=True)]))


def _records(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    """Return rows as JSON has them: a missing value is null."""
    return frame.astype(object).where(frame.notna(), None).to_dict(orient="records")


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
