"""Score the rows that will be judged by the baselines too, so that the model stands beside them."""

from __future__ import annotations

from typing import Any

import ibis
import numpy as np
import pandas as pd

from savedesk.model.baselines import LIGHTGBM, Baselines
from savedesk.model.sample import Sample
from savedesk.model.schema import ModelSchema, encode
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import features, model, scores
from savedesk.stages.score.scoring import FOLD, KEY, SEEN

SCORED = ibis.schema({column.name: column.dtype for column in scores.BASELINES.columns})


class BaselineScoring:
    """Turns a frame of features into a frame of the contract ``baseline_scores``. It travels as texts.

    Args:
        described: description of the stored model, whose columns they share.
        baselines: description and booster of the stored baselines.
    """

    def __init__(self, described: dict[str, Any], baselines: tuple[dict[str, Any], str]) -> None:
        """Keep the texts."""
        self._described, self._baselines = described, baselines

    def __call__(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return one row for each row: key, features, and what the fold's baselines said; absent: not in a fold."""
        baselines, sample = Baselines.read(*self._baselines), Sample(**self._described["sample"])
        probabilities = baselines.probabilities(rows, encode(rows, ModelSchema.from_json(self._described["columns"])))
        in_fold = rows[LIGHTGBM].notna().to_numpy()
        columns = {}
        for name in scores.BASELINE_NAMES:
            fold = rows[name].to_numpy(dtype=np.float64, na_value=np.nan)
            own = sample.corrected(probabilities[name]) if name in probabilities else np.full(len(rows), np.nan)
            columns[name] = np.where(in_fold, fold, own)
        return pd.DataFrame({name: rows[name].to_numpy() for name in KEY} | columns)


def baseline_scores(inputs: Inputs, rows: Any) -> Any:
    """Return the contract ``baseline_scores`` as an Ibis table.

    Args:
        inputs: of the stage.
        rows: the rows that the model scores, with ``SEEN`` and ``FOLD``.
    """
    stored = inputs.json(model.BASELINES), inputs.text(model.BASELINE_BOOSTER)
    evaluated = rows.filter((rows.role == "test") | rows[FOLD].notnull() | ((rows.role == "train") & ~rows[SEEN]))
    more = [name for name in Baselines.read(*stored).inputs if name not in evaluated.columns]
    if more:
        evaluated = _joined(evaluated, inputs.table(features.TABLE).select(*KEY, *more))
    evaluated = _joined(evaluated, inputs.table(model.BASELINES_OUT_OF_FOLD))
    return inputs.engine.map_frames(evaluated, BaselineScoring(inputs.json(model.SCHEMA), stored), SCORED)


def _joined(left: Any, right: Any) -> Any:
    return left.left_join(right, KEY, rname="{name}_more").drop(*[f"{name}_more" for name in KEY])
