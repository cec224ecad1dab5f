"""Is the list the same list: from month to month, and from seed to seed of the same model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise

import lightgbm as lgb
import numpy as np
import pandas as pd

from savedesk.metrics.running_sums import Floats
from savedesk.model.schema import encode
from savedesk.model.stored import StoredModel, parts_of_trees
from savedesk.model.tree_text import shared_out
from savedesk.params.evaluate import EvaluateParams
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import decisions, model
from savedesk.stages.evaluate.bootstrap import Figure

HALVES = 2  # parts of a model of one seed


def jaccard(one_list: Iterable[object], other_list: Iterable[object]) -> float:
    """Return how much two lists overlap: those on both / those on either (Jaccard 1901). NaN where both are empty."""
    first, second = set(one_list), set(other_list)
    return len(first & second) / len(first | second) if first | second else float("nan")


def month_figures(inputs: Inputs) -> dict[str, Figure]:
    """Return the overlap of each as_of's list with the one before it, of those scored at both; mean, worst and best."""
    table = inputs.table(decisions.TABLE).select("subscriber_id", "as_of", "decision").order_by(["as_of"]).to_pandas()
    months = [part.set_index("subscriber_id")["decision"] == "contact" for _, part in table.groupby("as_of", sort=True)]
    overlaps = []
    for before, now in pairwise(months):
        both = before.index.intersection(now.index)
        overlaps.append(jaccard(*(listed.loc[both].index[listed.loc[both]] for listed in (before, now))))
    return _mean("list_jaccard_months", overlaps)


class Parts:
    """The parts of the stored model, each of which could have been the model: its seeds, or halves of its trees.

    Args:
        inputs: of the stage.
    """

    def __init__(self, inputs: Inputs) -> None:
        """Read the model and part its trees."""
        texts = inputs.text(model.BOOSTER), inputs.text(model.TYPES), inputs.text(model.SURVIVAL)
        self._stored = StoredModel.read(*texts, inputs.json(model.SCHEMA))
        described = self._stored.description.get("members", [])
        part, self._count = parts_of_trees(described, self._stored.booster.num_trees(), HALVES)
        seeds = min((int(member["bags"]) for member in described if "settings" in member), default=1)
        self.name = "top_k_jaccard_seeds" if seeds > 1 else "top_k_jaccard_halves"
        self._texts = [text for text in shared_out(texts[0], part, self._count) if text]
        self._share = inputs.section(EvaluateParams).capacity_share
        self._overlaps: list[float] = []

    def look(self, rows: pd.DataFrame) -> None:
        """Compare whom each part would put first, at one as_of.

        Args:
            rows: features of one as_of, ordered by subscriber_id.
        """
        if len(self._texts) > 1:
            first = [set(_first(score, self._share)) for score in self._scores(rows)]
            self._overlaps.append(float(np.mean([jaccard(*pair) for pair in combinations(first, 2)])))

    def _scores(self, rows: pd.DataFrame) -> Iterator[Floats]:
        matrix = encode(rows, self._stored.schema)
        added = self._stored.additive.raw_score(matrix) if self._stored.additive else 0.0
        for text in self._texts:
            score = np.asarray(lgb.Booster(model_str=text).predict(matrix, raw_score=True), dtype=np.float64)
            yield self._count * score + added

    def figures(self) -> dict[str, Figure]:
        """Return the mean overlap, with the worst and the best as_of as its ends."""
        return _mean(self.name, self._overlaps)


def _first(score: Floats, share: float) -> list[int]:
    return [int(place) for place in np.argsort(-score, kind="stable")[: max(1, round(share * len(score)))]]


def _mean(name: str, overlaps: list[float]) -> dict[str, Figure]:
    known = [overlap for overlap in overlaps if not np.isnan(overlap)]
    return {name: Figure(float(np.mean(known)), min(known), max(known))} if known else {}
