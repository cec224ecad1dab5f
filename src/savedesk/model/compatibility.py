"""Whose data a model was trained on, and what it took for churn: the columns may be the same where these are not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from savedesk.errors import ModelSchemaError
from savedesk.params.cohort import CohortParams
from savedesk.schemas.model import SCHEMA
from savedesk.schemas.source_facts import FILE

WINDOWS = ("lead_days", "outcome_days", "allowed_gap_days", "arrears_days", "dormant_days")  # what churn is, and when
TYPES = "churn_types"


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
        trained_on = (
            f"was trained on source {learnt_from!r}" if learnt_from else "does not name the source it was trained on"
        )
        raise ModelSchemaError(
            f"the model {trained_on}, the tables in {FILE.path.rpartition('/')[0]} are of source {here!r}",
            where=SCHEMA.path,
            next_step=f"run `savedesk train` again, or `dvc repro`, so that the model learns from {here!r}",
        )


def windows_of(params: CohortParams) -> dict[str, Any]:
    """Return the days by which a label is made, as a model keeps them, and the churn types where not all count."""
    days: dict[str, Any] = {name: int(getattr(params, name)) for name in WINDOWS}
    return days | ({TYPES: sorted(params.churn_types)} if params.switched_off else {})


def require_windows(description: Mapping[str, Any], params: CohortParams) -> None:
    """Check that the model's churn is what the params call so: else its probability is not that of their window.

    Args:
        description: the model's own file.
        params: section ``cohort``.

    Raises:
        ModelSchemaError: the first difference, and the number of others.
    """
    own, here = description["windows"], windows_of(params)
    different = [name for name in (*WINDOWS, TYPES) if own.get(name) != here.get(name)]
    if different:
        name, others = different[0], len(different) - 1
        own, here = ({TYPES: "all"} | windows for windows in (own, here))
        raise ModelSchemaError(
            f"the model learned with cohort.{name} {own.get(name)}, the params have {here[name]}"
            + (f" (and {others} more differences)" if others else ""),
            where=SCHEMA.path,
            next_step=f"set cohort.{name} to {own.get(name)}, or run `dvc repro` so that the model learns from "
            f"{here[name]}",
        )
