"""Churn types as competing outcomes: P(type | churn), so that the types add up to the churn probability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from savedesk.params.train import TrainParams
from savedesk.schemas.labels import CHURN_TYPES
from savedesk.schemas.model import NO_BOOSTER
from savedesk.stages.train.booster import MULTICLASS, Table, fit_stopped, model_text, settings


@dataclass(frozen=True)
class TypeModel:
    """Shares of the types among churners, and a booster over those with enough churners (or ``NO_BOOSTER``)."""

    shares: dict[str, float]
    modelled: tuple[str, ...]
    booster: str


def fit_types(table: Table, rows: pd.DataFrame, aside: npt.NDArray[np.bool_], params: TrainParams) -> TypeModel:
    """Fit P(type | churn) on the churners. A type with too few of them keeps its share of all churners."""
    churned = rows["churned"].to_numpy(dtype=bool)
    types = rows["churn_type"].fillna(CHURN_TYPES[0]).to_numpy()
    counts = {name: int((types[churned] == name).sum()) for name in CHURN_TYPES}
    shares = {name: n / max(1, sum(counts.values())) for name, n in counts.items()}
    modelled = tuple(name for name in CHURN_TYPES if counts[name] >= params.minimum_churners_per_type)
    if len(modelled) < 2:  # noqa: PLR2004 - one type needs no model
        return TypeModel(shares, (), NO_BOOSTER)
    use = churned & np.isin(types, modelled)
    target = np.array([modelled.index(name) for name in types[use]], dtype=np.int64)
    part = Table(table.matrix[use], target, table.schema, {})
    own = settings(params, params.scarce_recipe, part, alone=True) | {"objective": MULTICLASS}
    return TypeModel(shares, modelled, model_text(fit_stopped(own, part, aside[use], params, params.types_max_rounds)))
