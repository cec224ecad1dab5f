"""Names of params, metrics and tags, as MLflow shows them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

LONGEST_PARAM = 6000  # characters; MLflow's limit for a parameter's value
_UNSAFE = re.compile(r"[^\w./ :-]")


def flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Return nested values as ``a.b.c`` -> text; lists stay one value."""
    flat: dict[str, str] = {}
    for name, value in values.items():
        path = f"{prefix}{name}"
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{path}.")
        else:
            flat[_UNSAFE.sub("_", path)] = str(value)[:LONGEST_PARAM]
    return flat


def numbers(figures: Mapping[str, Any], prefix: str) -> dict[str, float]:
    """Return the finite numbers of a stage's figures with the stage's name in front."""
    return {
        _UNSAFE.sub("_", f"{prefix}.{name}"): float(value)
        for name, value in figures.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    }
