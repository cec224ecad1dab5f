"""Explain rows of the feature table with a stored model: contributions, and the reasons that they add up to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from savedesk.model.schema import encode, with_fitted
from savedesk.model.stored import StoredModel
from savedesk.params.explain import ExplainParams
from savedesk.reasons.rows import reason_rows

KEY = ["subscriber_id", "as_of"]


@dataclass(frozen=True)
class Explainer:
    """A model and the words that its rows are explained with.

    Args:
        stored: model.
        dictionary: feature dictionary.
        params: section ``explain``.
        language: of the texts, ``en`` or ``zh``.
        no_reason: what stands where there is no reason.
    """

    stored: StoredModel
    dictionary: pd.DataFrame
    params: ExplainParams
    language: str
    no_reason: str

    def explained(self, rows: pd.DataFrame) -> tuple[pd.DataFrame, npt.NDArray[np.float64]]:
        """Return up to three reasons for each row, and the contributions in log-odds that they are made of.

        Args:
            rows: feature table, with ``subscriber_id`` and ``as_of``.

        Returns:
            rows of the contract ``reasons``; rows x (features + 1), the last column is the base score.
        """
        schema = self.stored.schema
        contributions = self.stored.contributions(encode(rows, schema), self.params.parts)
        facts = with_fitted(rows, schema).reset_index(drop=True)
        keys, own = rows[KEY].reset_index(drop=True), facts[schema.names]
        parts = contributions[:, :, :-1]
        reasons = reason_rows(keys, own, parts, self.dictionary, self.language, self.params, facts, self.no_reason)
        return reasons, contributions.mean(axis=0)
