"""Churn types as competing outcomes: P(type | churn), so that the types add up to the churn probability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from savedesk.contracts.labels import CHURN_TYPES
from savedesk.model.schema import Matrix, ModelSchema
from savedesk.params.train import TrainParams
from savedesk.train.booster import fit, model_text


@dataclass(frozen=True)
class TypeModel:
    """Shares of the types among churners, and a booster over those with enough churners (empty text: none)."""

    shares: dict[str, float]
    modelled: tuple[str, ...]
    booster: str


def fit_types(
    matrix: Matrix,
    rows: pd.DataFrame,
    aside: npt.NDArray[np.bool_],
    schema: ModelSchema,
    own: dict[str, Any],
    params: TrainParams,
) -> TypeModel:
    """Fit P(type | churn) on the churners. A type with too few of them keeps its share of all churners."""
    churned = rows["churned"].to_numpy(dtype=bool)
    types = rows["churn_type"].fillna(CHURN_TYPES[0]).to_numpy()
    counts = {name: int((types[churned] == name).sum()) for name in CHURN_TYPES}
    shares = {name: n / max(1, sum(counts.values())) for name, n in counts.items()}
    modelled = tuple(name for name in CHURN_TYPES if counts[name] >= params.minimum_churners_per_type)
    if len(modelled) < 2:  # noqa: PLR2004 - one type needs no model
        return TypeModel(shares, (), "")
    use = churned & np.isin(types, modelled)
    target = np.array([modelled.index(name) for name in types[use]])
    own = {name: value for name, value in own.items() if name != "monotone_constraints"}
    booster = fit(
        matrix[use],
        target,
        aside[use],
        schema,
        own,
        params,
        objective="multiclass",
        most_rounds=params.types_max_rounds,
    )
    return TypeModel(shares, modelled, model_text(booster))
