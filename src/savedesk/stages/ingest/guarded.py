"""Texts that an export guards against spreadsheets: ="00123" keeps its zeros there, and '-5 is no formula.

What is meant is inside. A sample says which columns hold such texts; only those are touched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from savedesk.stages.ingest.cells import GUARDED


def guarded_columns(sample: pa.Table) -> dict[str, str]:
    """Return the columns in which such texts are, each with one of them."""
    examples: dict[str, str] = {}
    for name in sample.column_names:
        column: Any = sample[name]
        if name.startswith("_") or not pa.types.is_string(column.type):
            continue
        marked = column.filter(pc.or_(pc.starts_with(column, '="'), pc.starts_with(column, "'")))
        text = next(
            (value for value in pc.unique(marked).to_pylist() if value and re.fullmatch(GUARDED, value, re.DOTALL)),
            None,
        )
        if text is not None:
            examples[name] = text
    return examples


def bared(table: Any, columns: Mapping[str, str]) -> Any:
    """Return a relation in whose columns the texts stand without the signs that guard them."""
    return table.mutate(**{name: table[name].re_replace(rf"(?s)\A{GUARDED}\z", r"\1\2") for name in columns})


def guarded_note(relation: str, columns: Mapping[str, str]) -> list[str]:
    """Return a note on what was read of such texts."""
    said = ", ".join(f"{name} (such as {text[:40]!r})" for name, text in columns.items())
    return [f"relation {relation}: texts are guarded against spreadsheets, and read without: {said}"] if columns else []
