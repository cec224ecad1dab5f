"""Read params.yaml and the source's own params/<name>.yaml once, and turn them into frozen sections."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from savedesk.errors import MissingInputError, ParamsError
from savedesk.params.mistake import PARAMS_FILE, Layers, explain, nearest
from savedesk.params.registry import SCALARS, SECTIONS
from savedesk.params.secrets import refuse_secrets, without_text
from savedesk.params.section import Section


def source_folder(root: Path, name: str) -> Path:
    """Return the folder of a source, which must exist.

    Raises:
        ParamsError: no such folder.
    """
    folder = root / "data" / "sources" / name
    if not (folder / "source.yaml").is_file():
        known = sorted(path.parent.name for path in (root / "data" / "sources").glob("*/source.yaml"))
        raise ParamsError(
            f"unknown source {name!r}" if name else "no source is chosen",
            where=f"{PARAMS_FILE}: source",
            allowed=", ".join(known) or "none yet",
            next_step=f"choose one, or write data/sources/{name}/source.yaml"
            if name
            else "write one of them after `source:`, or run `savedesk use NAME`",
        )
    return folder


def own_params(root: Path, name: str) -> Path:
    """Return where a source's own values lie: params/<name>.yaml."""
    return root / "params" / f"{name}.yaml"


class _EachOnce(yaml.SafeLoader):
    """A loader that refuses a key that stands twice in a mapping: the first would be lost without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping of a node."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands twice", key.start_mark)
            seen.add(str(key.value))
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the mapping in a YAML file.

    Raises:
        MissingInputError: no such file.
        ParamsError: not YAML, a key that stands twice, or not a mapping.
    """
    if not path.is_file():
        raise MissingInputError(
            "not there", where=str(path), next_step="run savedesk from the project folder, or use --root"
        )
    try:
        loaded = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_EachOnce)  # noqa: S506 - a safe loader
    except RecursionError as error:
        raise ParamsError("nested too deeply", where=path.name, next_step="start from the shipped file") from error
    except (yaml.YAMLError, ValueError) as error:  # an impossible date is a ValueError
        message = without_text(error).replace('in "<unicode string>", ', "at ")
        raise ParamsError(
            f"not readable as YAML: {message}", where=path.name, next_step="mend the line named"
        ) from error
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


def read_layers(root: Path) -> Layers:
    """Return the mappings in params.yaml and in the source's own file.

    Raises:
        ParamsError: an unknown section, an unknown source or a date without quotes.
        MissingInputError: no params.yaml here.
    """
    raw = read_yaml(root / PARAMS_FILE)
    _refuse_unknown(raw, PARAMS_FILE)
    name = _named(raw)
    folder = source_folder(root, name)
    _refuse_moved(raw, name)
    own_path = own_params(root, name)
    own = {key: value or {} for key, value in read_yaml(own_path).items()} if own_path.is_file() else {}
    beside = {kind.key: folder / kind.file for kind in SECTIONS if kind.file and (folder / kind.file).is_file()}
    files = {key: str(path.relative_to(root)) for key, path in beside.items()}
    raw |= {key: read_yaml(path) for key, path in beside.items()}
    layers = Layers(raw, own, str(own_path.relative_to(root)), files)
    _refuse_unknown(own, layers.own_file)
    _refuse_dates(raw, PARAMS_FILE)
    _refuse_dates(own, layers.own_file)
    refuse_secrets(raw, PARAMS_FILE)
    refuse_secrets(own, layers.own_file)
    return layers


def load_params(root: Path) -> dict[str, Section]:
    """Return every section by name: params.yaml with the source's own values laid over it.

    A section of a file that the source's folder does not have is left out.

    Raises:
        ParamsError: an unknown key, a missing key or a value out of range.
        MissingInputError: no params.yaml here.
    """
    layers = read_layers(root)
    return {kind.key: section_of(kind, layers) for kind in SECTIONS if not kind.file or kind.key in layers.base}


def at_home(root: Path, where: str) -> str:
    """Return the place of a value that a stage found wrong, in the file that holds the value.

    A stage sees values and not their files: it names params.yaml, whichever of the two it was.
    """
    file, _, key = where.partition(": ")
    return read_layers(root).place(key.split(".")) if file == PARAMS_FILE and key else where


def current_source(root: Path) -> str:
    """Return the source that params.yaml names; empty if none."""
    return _named(read_yaml(root / PARAMS_FILE))


def _named(raw: dict[str, Any]) -> str:
    name = raw.get("source")
    return "" if name is None else str(name)


def _refuse_unknown(raw: dict[str, Any], where: str) -> None:
    known = [kind.key for kind in SECTIONS]
    for key in raw:
        if key not in known:
            raise ParamsError(
                f"unknown section {key!r}",
                where=where,
                allowed=", ".join(known),
                next_step=nearest(str(key), known),
            )


def _refuse_moved(raw: dict[str, Any], name: str) -> None:
    for kind in SECTIONS:
        if kind.file and kind.key in raw:
            raise ParamsError(
                f"the section {kind.key} has moved to data/sources/{name}/{kind.file}",
                where=PARAMS_FILE,
                next_step=f"move values that you changed to params/{name}.yaml, below {kind.key}:, and remove it here",
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


def section_of(kind: type[Section], layers: Layers) -> Section:
    """Return one section.

    Raises:
        ParamsError: it is missing, or has an unknown key, a missing key or a value out of range.
    """
    merged = overlay(*({k: v for k, v in layer.items() if k == kind.key} for layer in (layers.base, layers.own)))
    if kind.key not in merged:
        raise ParamsError(
            f"section {kind.key!r} is missing", where=PARAMS_FILE, next_step="copy it from the shipped file"
        )
    value = _on_defaults(kind, merged[kind.key])
    try:
        return kind.model_validate({SCALARS[kind.key]: value} if kind.key in SCALARS else value)
    except ValidationError as error:
        raise explain(kind, error, value, layers) from error


def _on_defaults(kind: type[Section], value: Any) -> Any:
    """Return a section with its mappings laid over the shipped ones: one key of a recipe can be changed by itself."""
    if not isinstance(value, dict):
        return value
    fields = {name: field.default for name, field in kind.model_fields.items() if isinstance(field.default, BaseModel)}
    shipped = {name: default.model_dump(exclude_unset=True) for name, default in fields.items() if name in value}
    return overlay(shipped, value)
