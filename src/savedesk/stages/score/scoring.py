"""Score rows batch by batch: here, or on the machines where Spark holds them."""

from __future__ import annotations

from typing import Any

import ibis
import numpy as np
import pandas as pd

from savedesk.model.predicted import predicted
from savedesk.model.schema import data_hashes, encode
from savedesk.model.stored import StoredModel
from savedesk.params.cohort import CohortParams
from savedesk.schemas.scores import TABLE
from savedesk.stages.score.timing import monthly_hazard

KEY = ["subscriber_id", "as_of"]
SEEN = "__trained_on"  # beside the features: was it trained on, and what its fold said
FOLD, FOLD_RAW = "__fold_probability", "__fold_raw_score"
SCORED = ibis.schema({column.name: column.dtype for column in TABLE.columns})


class Scoring:
    """Turns a frame of features into a frame of scores. It travels as texts, and reads the model where it works.

    Args:
        texts: booster, boosters of the types and of the hazard, and description of the stored model.
        windows: section ``cohort``.
    """

    def __init__(self, texts: tuple[str, str, str, dict[str, Any]], windows: CohortParams) -> None:
        """Keep the texts."""
        self._texts, self._windows = texts, windows
        self._stored: StoredModel | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Return what travels: never the model itself."""
        return {**self.__dict__, "_stored": None}

    def __call__(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return one row of the contract ``scores`` for each row: key, role, what its fold said, and features."""
        self._stored = self._stored or StoredModel.read(*self._texts)
        matrix = encode(rows, self._stored.schema)
        fold, fold_raw = (rows[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in (FOLD, FOLD_RAW))
        raw_score = self._stored.raw_score(matrix)
        probability = np.where(np.isnan(fold), self._stored.probability(raw_score), fold)
        low, high = self._stored.interval(np.where(np.isnan(fold), raw_score, fold_raw), probability)
        unseen = ~np.isnan(fold) | ((rows["role"] == "train") & ~rows[SEEN].astype(bool)).to_numpy()
        return pd.DataFrame(
            {
                "subscriber_id": rows["subscriber_id"].to_numpy(),
                "as_of": rows["as_of"].to_numpy(),
                "role": rows["role"].to_numpy(),
                "churn_probability": probability,
                "churn_probability_low": low,
                "churn_probability_high": high,
                **predicted(self._stored, matrix, probability, self._windows.lead_days, self._windows.outcome_days),
                "monthly_hazard": monthly_hazard(probability, self._windows.outcome_days),
                "out_of_fold": unseen,
                "model_version": self._stored.version,
                "data_hash": data_hashes(rows, self._stored.schema),
            }
        )
