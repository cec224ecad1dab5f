"""Simple models that the model must beat: logistic regressions of one feature and of all, and a default LightGBM."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd
from scipy.special import expit

from savedesk.errors import ModelSchemaError
from savedesk.model.additive import AdditiveModel
from savedesk.model.calibration import EDGE, Vector
from savedesk.model.schema import Matrix, ModelSchema, encode

LOGISTIC, LIGHTGBM = "logistic_regression", "default_lightgbm"


@dataclass(frozen=True)
class Baselines:
    """Fitted baselines.

    Args:
        one_feature: baseline -> its only column, and its curve.
        logistic: of all columns of the model.
        booster: LightGBM's text, of all columns of the model.
        left_out: baseline -> why it could not be fitted.
    """

    one_feature: dict[str, tuple[ModelSchema, AdditiveModel]]
    logistic: AdditiveModel
    booster: str
    left_out: dict[str, str]

    @property
    def inputs(self) -> list[str]:
        """Columns of the feature table that the baselines of one feature need."""
        return [name for schema, _ in self.one_feature.values() for name in schema.names]

    def probabilities(self, rows: pd.DataFrame, matrix: Matrix) -> dict[str, Vector]:
        """Return P(churn) of each row by each baseline, among rows drawn as the training rows were.

        Args:
            rows: feature table.
            matrix: the same rows by the columns of the model.
        """
        raw_scores = {name: model.raw_score(encode(rows, schema)) for name, (schema, model) in self.one_feature.items()}
        raw_scores[LOGISTIC] = self.logistic.raw_score(matrix)
        raw_scores[LIGHTGBM] = np.empty(0)
        if len(matrix):
            score = lgb.Booster(model_str=self.booster).predict(matrix, raw_score=True)
            raw_scores[LIGHTGBM] = np.asarray(score, dtype=np.float64)
        return {name: np.clip(expit(score), EDGE, 1 - EDGE) for name, score in raw_scores.items()}

    def to_json(self) -> dict[str, Any]:
        """Return all but the booster as plain values."""
        curves = {
            name: {"columns": schema.to_json(), "additive": model.to_json()}
            for name, (schema, model) in self.one_feature.items()
        }
        described = {"one_feature": curves, LOGISTIC: self.logistic.to_json(), "left_out": self.left_out}
        return described | {"version": _version(described, self.booster)}

    @staticmethod
    def read(described: dict[str, Any], booster: str) -> Baselines:
        """Return the baselines from the texts of their files.

        Raises:
            ModelSchemaError: one of them is damaged, or they are of two models.
        """
        try:
            rest = {name: value for name, value in described.items() if name != "version"}
            if described["version"] != _version(rest, booster):
                raise KeyError("version")  # noqa: TRY301 - one message for whatever is wrong with them
            one_feature = {
                name: (ModelSchema.from_json(baseline["columns"]), AdditiveModel.from_json(baseline["additive"]))
                for name, baseline in described["one_feature"].items()
            }
            logistic = AdditiveModel.from_json(described[LOGISTIC])
            return Baselines(one_feature, logistic, booster, described["left_out"])
        except (KeyError, TypeError, AttributeError) as error:
            raise ModelSchemaError(
                "damaged: the stored baselines cannot be read",
                where="models/trained",
                next_step="run `savedesk train` again",
            ) from error


def _version(described: dict[str, Any], booster: str) -> str:
    """Return the hash of both files: LightGBM ends the whole process where a text of its own is cut off."""
    return hashlib.sha256(f"{json.dumps(described, sort_keys=True)}\x00{booster}".encode()).hexdigest()[:16]
