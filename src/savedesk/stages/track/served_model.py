"""The model as MLflow serves it: a feature table in, the pipeline's own figures out. Logged as code, never pickled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.pyfunc.model import PythonModel, PythonModelContext

SHOWN = 3  # reasons of a row, as in the list


class ServedModel(PythonModel):
    """Takes the columns of the feature table; returns one row for each, in the same order.

    ``churn_probability``, ``probability_<type>``, ``churn_type``, ``expected_days_to_churn``, ``expected_months``,
    ``median_months`` and ``survival_1`` to ``survival_12`` are those of the contract ``scores``; ``reason_1`` to
    ``reason_3`` are the texts of the list, and ``reason_<n>_code`` their codes. The param ``reasons`` set to false
    leaves the reasons out: they take most of the time.
    """

    def load_context(self, context: PythonModelContext) -> None:
        """Read the model files that were logged with the run."""
        # MLflow runs this file when it logs the model, too, where nothing of this is needed.
        from savedesk.model.stored import StoredModel  # noqa: PLC0415
        from savedesk.params.explain import ExplainParams  # noqa: PLC0415
        from savedesk.reasons.explained import Explainer  # noqa: PLC0415

        texts = {name: Path(path).read_text(encoding="utf-8") for name, path in context.artifacts.items()}
        served = json.loads(texts["served"])
        schema = json.loads(texts["schema"])
        self._stored = StoredModel.read(texts["booster"], texts["types"], texts["survival"], schema)
        self._told_of: list[str] = served["explanation_of"]
        dictionary = pd.DataFrame(served["dictionary"])
        params = ExplainParams(**served["explain"])
        self._explainer = Explainer(self._stored, dictionary, params, served["language"], served["no_reason"])

    def predict(
        self,
        context: PythonModelContext,  # noqa: ARG002
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Return one row for each row given, in the same order.

        Raises:
            MlflowException: a column is missing or has another type; the difference is named.
        """
        from savedesk.errors import ModelSchemaError  # noqa: PLC0415

        rows = model_input.reset_index(drop=True)
        try:
            return self._predicted(rows, with_reasons=(params or {}).get("reasons", True))
        except ModelSchemaError as error:
            refusal = ModelSchemaError(
                error.what,
                where="the table given",
                next_step="send every column of the model's signature; null where there is no value",
            )
            raise MlflowException.invalid_parameter_value(refusal.line()) from None  # served: status 400 and this line

    def _predicted(self, rows: pd.DataFrame, *, with_reasons: bool) -> pd.DataFrame:
        from savedesk.model.predicted import predicted  # noqa: PLC0415
        from savedesk.model.schema import encode  # noqa: PLC0415

        matrix = encode(rows, self._stored.schema)
        probability = self._stored.probability(self._stored.raw_score(matrix))
        windows = self._stored.description["windows"]
        columns = predicted(self._stored, matrix, probability, windows["lead_days"], windows["outcome_days"])
        scores = pd.DataFrame({"churn_probability": probability, **columns})
        scores["median_months"] = _or_null(scores["median_months"])
        return pd.concat([scores, self._reasons(rows)], axis=1) if with_reasons else scores

    def _reasons(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return code and text of each row's first reasons; absent where it has fewer."""
        facts = rows.assign(**{name: None for name in self._told_of if name not in rows})
        place = np.arange(len(rows))
        reasons, _ = self._explainer.explained(facts.assign(subscriber_id=place, as_of=0))
        columns = {}
        for position in range(1, SHOWN + 1):
            here = reasons[reasons["position"] == position].set_index("subscriber_id").reindex(place)
            columns[f"reason_{position}"] = _or_null(here["text"])
            columns[f"reason_{position}_code"] = _or_null(here["reason"])
        return pd.DataFrame(columns, index=rows.index)


def _or_null(values: pd.Series) -> pd.Series:
    """Return the values with None for what is missing: JSON has no NaN."""
    return values.astype(object).where(values.notna(), None)


mlflow.models.set_model(ServedModel())
