"""A wrong value of params.yaml, told as the user wrote it: the file, the key, what is allowed, the way out."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from savedesk.errors import ParamsError
from savedesk.params.section import Section
from savedesk.redact import shortened

PARAMS_FILE = "params.yaml"
LONGEST_SHOWN = 60  # characters of a wrong value
_WORDS = {  # where the validator's own words speak of Python instead of YAML
    "tuple_type": "input should be a list",
    "list_type": "input should be a list",
    "dict_type": "input should be a mapping of keys to values",
    "model_type": "input should be a mapping of keys to values",
    "date_type": 'input should be a date such as "2025-06-01"',
    "date_from_datetime_parsing": 'input should be a date such as "2025-06-01"',
}
_TOO_SHORT = {  # kind of error -> what the value should have
    "too_short": "at least {min_length} item{s}",
    "string_too_short": "at least {min_length} character{s}",
}
_SHOULD_BE = "input should be "


@dataclass(frozen=True)
class Layers:
    """The two files that values come from.

    Args:
        base: mapping in params.yaml.
        own: the source's own values, laid over it.
        own_file: where those lie, below the project folder.
        files: of the sections of ``base`` that lie elsewhere than in params.yaml: where.
    """

    base: Mapping[str, Any]
    own: Mapping[str, Any] = field(default_factory=dict)
    own_file: str = ""
    files: Mapping[str, str] = field(default_factory=dict)

    def file_of(self, keys: Sequence[str | int]) -> str:
        """Return the file that a value comes from, or both where it is a mapping that each of them has a part in.

        A key that neither file has is missing where the mapping around it is.
        """
        node: Any = self.own
        base_file = self.files.get(str(keys[0]), PARAMS_FILE) if keys else PARAMS_FILE
        for depth, key in enumerate(keys):
            if not isinstance(node, Mapping):
                return self.own_file
            if key not in node:
                return base_file if depth == 0 or _has(self.base, keys[:depth]) else self.own_file
            node = node[key]
        if not isinstance(node, Mapping) or not _has(self.base, keys):
            return self.own_file
        return f"{base_file} and {self.own_file}" if node else base_file

    def place(self, keys: Sequence[str | int]) -> str:
        """Return file and key as an error names them."""
        return f"{self.file_of(keys)}: {'.'.join(str(key) for key in keys)}"


def explain(kind: type[Section], error: ValidationError, value: Any, layers: Layers) -> ParamsError:
    """Return the error for a section that is not as it should be.

    Args:
        kind: the section.
        error: what its validation found.
        value: the section as the files give it, the source's own values laid on top.
        layers: the files.
    """
    every = error.errors(include_url=False)
    # A key with a typo is one too many and one too few: the former says more.
    first = next((detail for detail in every if detail["type"] == "extra_forbidden"), every[0])
    keys = _written(kind, first, value)
    where = layers.place([kind.key, *keys])
    if first["type"] == "extra_forbidden":
        known = _fields_at(kind, keys[:-1])
        step = nearest(str(keys[-1]), known)
        return ParamsError("unknown key", where=where, allowed=", ".join(known), next_step=step)
    if first["type"] == "missing":
        return ParamsError("key is missing", where=where, next_step="add it; the shipped params.yaml shows how")
    alike = [_words(detail) for detail in every if _written(kind, detail, value) == keys]
    given = first.get("input")
    shown = "" if isinstance(given, dict | list) else f", not {_short(given)}"
    return ParamsError(f"{_joined(alike)}{shown}", where=where, next_step="mend the value")


def nearest(key: str, known: Sequence[str]) -> str:
    """Return a next step: the known key that a wrong one is meant to be, or to remove it."""
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else "remove it"


def _has(node: Any, keys: Sequence[str | int]) -> bool:
    for key in keys:
        if not isinstance(node, Mapping) or key not in node:
            return False
        node = node[key]
    return True


def _written(kind: type[Section], error: ErrorDetails, value: Any) -> list[str | int]:
    """Return the keys as they stand in the file, without the validator's own names for fields and union members."""
    location = error["loc"][1:] if kind.only_field else error["loc"]
    keys: list[str | int] = []
    node = value
    for part in location:
        inside = part in node if isinstance(node, dict) else isinstance(node, list) and isinstance(part, int)
        if not inside:
            return [*keys, part] if error["type"] == "missing" else keys
        keys.append(part)
        node = node[part]
    return keys


def _words(error: ErrorDetails) -> str:
    if short := _TOO_SHORT.get(error["type"]):
        least = error.get("ctx", {})["min_length"]
        return "input should have " + short.format(min_length=least, s="" if least == 1 else "s")
    text = _WORDS.get(error["type"], error["msg"].removeprefix("Value error, "))
    return text[:1].lower() + text[1:]


def _joined(messages: Sequence[str]) -> str:
    """Join what the members of a union each expect."""
    first, *others = dict.fromkeys(messages)
    return " or ".join([first, *(other.removeprefix(_SHOULD_BE) for other in others)])


def _fields_at(annotation: Any, keys: Sequence[str | int]) -> list[str]:
    """Return the keys of the model that is found at a path below another; none where there is no model."""
    for key in keys:
        annotation = _below(annotation, key)
    model = next((member for member in (annotation, *get_args(annotation)) if _is_model(member)), None)
    return sorted(model.model_fields) if model else []


def _below(annotation: Any, key: str | int) -> Any:
    if _is_model(annotation):
        field_info = annotation.model_fields.get(str(key))
        return field_info.annotation if field_info else None
    inner = [argument for argument in get_args(annotation) if argument is not Ellipsis and argument is not type(None)]
    return inner[-1] if inner else None  # the items of a list, the values of a mapping


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _short(value: object) -> str:
    if value is None:
        return "empty"
    text = "nan" if isinstance(value, float) and math.isnan(value) else repr(value)
    return shortened(text, LONGEST_SHOWN)
