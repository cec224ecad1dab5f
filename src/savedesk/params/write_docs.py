"""Write docs/expert_settings.md from the defaults of the sections: ``python -m savedesk.params.write_docs``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from savedesk.params.registry import SECTIONS

PAGE = "docs/expert_settings.md"
_HEAD = """# Settings for experts

These settings have shipped defaults, since hardly anybody needs to change them. To change one, write it into
`params.yaml` (or `params/<source>.yaml`) at the place that its key names. It is checked like any other param, `dvc
repro` runs what depends on it, and MLflow keeps its value, the default included.

Written by `python -m savedesk.params.write_docs` from the fields in `src/savedesk/params`.
"""
_BOUNDS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}


def page() -> str:
    """Return the page: a table for each section that has such settings."""
    parts = [_HEAD]
    for kind in SECTIONS:
        rows = [] if kind.file else list(_rows(kind, kind.key))
        if rows:
            lines = ["| key | default | allowed | meaning |", "| --- | --- | --- | --- |", *rows]
            parts.append(f"## `{kind.key}`\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def _rows(model: type[BaseModel], path: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if field.is_required() or not field.description:
            continue
        if isinstance(field.default, BaseModel) and all(
            subfield.description for subfield in type(field.default).model_fields.values()
        ):
            yield from _rows(type(field.default), f"{path}.{name}")
        else:
            yield f"| `{path}.{name}` | {_written(field.default)} | {_allowed(field)} | {field.description} |"


def _written(value: Any) -> str:
    if isinstance(value, BaseModel):
        return ", ".join(f"`{key}: {part}`" for key, part in value.model_dump(exclude_unset=True).items())
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _allowed(field: FieldInfo) -> str:
    bounds = [
        f"{word} {getattr(rule, key):,}"
        for rule in field.metadata
        for key, word in _BOUNDS.items()
        if getattr(rule, key, None) is not None
    ]
    return ", ".join(bounds)


def main() -> None:
    """Write the page of the project in the working folder."""
    Path(PAGE).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
