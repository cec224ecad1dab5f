"""The model as MLflow serves it: a feature table in, probabilities out. Logged as code, so that nothing is pickled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from savedesk.contracts.labels import CHURN_TYPES
from savedesk.model.schema import encode
from savedesk.model.stored import StoredModel


class ServedModel(PythonModel):
    """Takes the columns of the feature table; returns churn_probability and the probability of each type."""

    def load_context(self, context: PythonModelContext) -> None:
        """Read the model files that were logged with the run."""
        texts = {name: Path(path).read_text(encoding="utf-8") for name, path in context.artifacts.items()}
        description = json.loads(texts.pop("schema"))
        self._stored = StoredModel.read(**texts, description=description)

    def predict(self, context: PythonModelContext, model_input: pd.DataFrame, params: Any = None) -> pd.DataFrame:  # noqa: ARG002
        """Return one row for each row given, in the same order."""
        matrix = encode(model_input, self._stored.schema)
        probability = self._stored.probability(self._stored.raw_score(matrix))
        shares = self._stored.type_shares(matrix)
        types = {f"probability_{name}": probability * shares[:, place] for place, name in enumerate(CHURN_TYPES)}
        return pd.DataFrame({"churn_probability": probability, **types})


mlflow.models.set_model(ServedModel())
