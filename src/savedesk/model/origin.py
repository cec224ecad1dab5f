"""Whose data a model was trained on: one of another operator may have the same columns and still know nothing here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from savedesk.contracts.model import SCHEMA
from savedesk.contracts.source_facts import FILE
from savedesk.errors import ModelSchemaError


def require_source(description: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    """Check that the model was trained on the source whose tables are here.

    Args:
        description: the model's own file, which names the source that it learnt from.
        facts: facts about the source that ingest read last.

    Raises:
        ModelSchemaError: the two sources differ, or the model does not name its own.
    """
    learnt_from, here = description.get("source"), facts["name"]
    if learnt_from != here:
        told = f"was trained on source {learnt_from!r}" if learnt_from else "does not name the source it was trained on"
        raise ModelSchemaError(
            f"the model {told}, the tables in {FILE.path.rpartition('/')[0]} are of source {here!r}",
            where=SCHEMA.path,
            next_step=f"run `savedesk train` again, or `dvc repro`, so that the model learns from {here!r}",
        )
