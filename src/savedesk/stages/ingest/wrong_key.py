"""A mistake in source.yaml in one line: the key, what is allowed, what may have been meant."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from savedesk.errors import ParamsError
from savedesk.redact import shortened

LONGEST_SHOWN = 60  # characters of a wrong value


def explained(error: ValidationError, where: str, models: Mapping[str, type[BaseModel]]) -> ParamsError:
    """Return the first mistake that pydantic names, in the words of Savedesk.

    Args:
        error: all mistakes.
        where: the file.
        models: what a key of the file holds; under the empty name the file itself.
    """
    every = error.errors(include_url=False)
    # A key with a typo is one too many and one too few: the former says more.
    first = next((mistake for mistake in every if mistake["type"] == "extra_forbidden"), every[0])
    keys = [str(part) for part in first["loc"] if part != "[key]"]
    place = f"{where}: {'.'.join(keys)}" if keys else where
    if first["type"] == "extra_forbidden":
        known = sorted((models.get(keys[0], models[""]) if keys[:-1] else models[""]).model_fields)
        return ParamsError("unknown key", where=place, allowed=", ".join(known), next_step=nearest(keys[-1], known))
    if first["type"] == "model_type":
        return ParamsError("not a mapping of keys to values", where=place, next_step="see docs/connect.md")
    value: Any = first.get("input")
    if first["type"].startswith("date_"):
        said, step = f"no date: {shortened(str(value), LONGEST_SHOWN)!r}", "write it in that order"
        return ParamsError(said, where=place, allowed="YYYY-MM-DD, such as 2025-11-01", next_step=step)
    message = first["msg"].removeprefix("Value error, ")
    plain = isinstance(value, str | int | float) and first["type"] != "value_error"
    shown = f", not {shortened(str(value), LONGEST_SHOWN)!r}" if plain else ""
    return ParamsError(
        f"{message[:1].lower()}{message[1:]}{shown}", where=place, next_step="mend it; docs/connect.md lists every key"
    )


def nearest(key: str, known: list[str] | tuple[str, ...]) -> str:
    """Return the next step for a key that is not known: the nearest one that is."""
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else "remove it or choose one that is allowed"
