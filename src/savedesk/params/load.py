"""Read params.yaml and the source's own params/<name>.yaml once, and turn them into frozen sections."""

from __future__ import annotations

import datetime as dt
import difflib
import math
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from savedesk.errors import MissingInputError, ParamsError
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
from savedesk.params.section import Section
from savedesk.params.simulator import SimulatorParams
from savedesk.params.source import SourceName
from savedesk.params.track import TrackParams
from savedesk.params.train import TrainParams
from savedesk.params.value import ValueParams

SECTIONS: tuple[type[Section], ...] = (
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
SCALARS = {"source": "name", "language": "code"}
PARAMS_FILE = "params.yaml"
LONGEST_SHOWN = 60  # characters of a wrong value in an error


def source_folder(root: Path, name: str) -> Path:
    """Return the folder of a source, which must exist.

    Raises:
        ParamsError: no such folder.
    """
    folder = root / "data" / "sources" / name
    if not (folder / "source.yaml").is_file():
        known = sorted(path.parent.name for path in (root / "data" / "sources").glob("*/source.yaml"))
        raise ParamsError(
            f"unknown source {name!r}",
            where=f"{PARAMS_FILE}: source",
            allowed=", ".join(known) or "none yet",
            next_step=f"choose one, or write data/sources/{name}/source.yaml",
        )
    return folder


def own_params(root: Path, name: str) -> Path:
    """Return where a source's own values lie: params/<name>.yaml."""
    return root / "params" / f"{name}.yaml"


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the mapping in a YAML file.

    Raises:
        MissingInputError: no such file.
        ParamsError: not YAML, or not a mapping.
    """
    if not path.is_file():
        raise MissingInputError(
            "not there", where=str(path), next_step="run savedesk from the project folder, or use --root"
        )
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, ValueError) as error:  # an impossible date is a ValueError
        raise ParamsError(f"not readable as YAML: {error}", where=path.name, next_step="mend the line named") from error
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise ParamsError("not a mapping of keys to values", where=path.name, next_step="start from the shipped file")
    return loaded


def overlay(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Return ``base`` with the values of ``over`` laid on top, mapping by mapping."""
    merged = dict(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = overlay(merged[key], value) if both else value
    return merged


def load_params(root: Path) -> dict[str, Section]:
    """Return every section by name: params.yaml with the source's own values laid over it.

    Raises:
        ParamsError: an unknown key, a missing key or a value out of range.
        MissingInputError: no params.yaml here.
    """
    raw = read_yaml(root / PARAMS_FILE)
    _refuse_unknown(raw, PARAMS_FILE)
    name = str(raw.get("source", ""))
    source_folder(root, name)
    own_path = own_params(root, name)
    own = {key: value or {} for key, value in read_yaml(own_path).items()} if own_path.is_file() else {}
    _refuse_unknown(own, str(own_path.relative_to(root)))
    _refuse_dates(raw, PARAMS_FILE)
    _refuse_dates(own, str(own_path.relative_to(root)))
    merged = overlay(raw, own)
    return {kind.key: _section(kind, merged) for kind in SECTIONS}


def current_source(root: Path) -> str:
    """Return the source that params.yaml names."""
    return str(read_yaml(root / PARAMS_FILE).get("source", ""))


def _refuse_unknown(raw: dict[str, Any], where: str) -> None:
    known = [kind.key for kind in SECTIONS]
    for key in raw:
        if key not in known:
            raise ParamsError(
                f"unknown section {key!r}",
                where=where,
                allowed=", ".join(known),
                next_step=_nearest(str(key), known),
            )


def _refuse_dates(raw: dict[str, Any], where: str, path: str = "") -> None:
    """Refuse dates without quotes: YAML reads them as dates, and DVC stops at a parameter of that type."""
    for key, value in raw.items():
        if isinstance(value, dict):
            _refuse_dates(value, where, f"{path}{key}.")
        elif isinstance(value, dt.date):
            raise ParamsError(
                f"date without quotes: {value}", where=f"{where}: {path}{key}", next_step=f'write "{value}"'
            )


def _section(kind: type[Section], merged: dict[str, Any]) -> Section:
    if kind.key not in merged:
        raise ParamsError(
            f"section {kind.key!r} is missing", where=PARAMS_FILE, next_step="copy it from the shipped file"
        )
    value = merged[kind.key]
    if kind.key in SCALARS:
        value = {SCALARS[kind.key]: value}
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        raise _explain(kind, error) from error


def _explain(kind: type[Section], error: ValidationError) -> ParamsError:
    every = error.errors(include_url=False)
    first = next(
        (one for one in every if one["type"] == "extra_forbidden"), every[0]
    )  # a typo also leaves its key missing
    keys = [str(part) for part in first["loc"]]
    where = f"{PARAMS_FILE}: " + ".".join([kind.key, *keys])
    if first["type"] == "extra_forbidden":
        known = sorted(kind.model_fields) if len(keys) == 1 else []
        next_step = _nearest(keys[-1], known)
        return ParamsError("unknown key", where=where, allowed=", ".join(known), next_step=next_step)
    value = first.get("input")
    shown = "" if isinstance(value, dict | list) or first["type"] == "missing" else f", not {_short(value)}"
    return ParamsError(f"{first['msg'][0].lower()}{first['msg'][1:]}{shown}", where=where, next_step="mend the value")


def _short(value: object) -> str:
    text = "nan" if isinstance(value, float) and math.isnan(value) else repr(value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "..."


def _nearest(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else "remove it"
