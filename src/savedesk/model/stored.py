"""Read the stored model back and predict with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from savedesk.errors import ModelSchemaError
from savedesk.model.additive import AdditiveModel
from savedesk.model.calibration import Vector, calibrate
from savedesk.model.contributions import tree_contributions
from savedesk.model.interval import interval
from savedesk.model.sample import Sample
from savedesk.model.schema import Matrix, ModelSchema
from savedesk.model.survival import Curves, SurvivalModel, agreeing, constant_hazards
from savedesk.model.tree_text import shared_out
from savedesk.schemas.labels import CHURN_TYPES
from savedesk.schemas.model import NO_BOOSTER


def model_version(booster: str, types: str, survival: str, description: dict[str, Any]) -> str:
    """Return the hash of everything that a prediction depends on."""
    parts = [booster, types, survival, json.dumps(description, sort_keys=True)]
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:16]


NEEDED = (
    "windows",
    "additive",
    "columns",
    "calibrator",
    "interval",
    "sample",
    "type_shares",
    "types_modelled",
    "survival",
)


@dataclass(frozen=True)
class StoredModel:
    """A model as train wrote it: LightGBM text and JSON."""

    text: str
    booster: lgb.Booster
    additive: AdditiveModel | None
    types: lgb.Booster | None
    survival: SurvivalModel | None
    schema: ModelSchema
    description: dict[str, Any]

    @staticmethod
    def read(booster: str, types: str, survival: str, description: dict[str, Any]) -> StoredModel:
        """Return the model from the texts of its files.

        Their hash is looked at first: LightGBM ends the whole process where a text of its own is cut off.

        Raises:
            ModelSchemaError: they are damaged, not of one model, or of another version of this program.
        """
        require_one_model(booster, types, survival, description)
        try:
            additive = description["additive"]
            return StoredModel(
                booster,
                lgb.Booster(model_str=booster),
                AdditiveModel.from_json(additive) if additive else None,
                lgb.Booster(model_str=types) if types != NO_BOOSTER else None,
                SurvivalModel.read(survival),
                ModelSchema.from_json(description["columns"]),
                description,
            )
        except (lgb.basic.LightGBMError, KeyError, TypeError) as error:
            raise ModelSchemaError(
                "damaged: the stored model cannot be read",
                where="models/trained",
                next_step="run `savedesk train` again",
            ) from error

    @property
    def version(self) -> str:
        """Hash of the model files."""
        return str(self.description["version"])

    @property
    def sample(self) -> Sample:
        """How its training rows were drawn."""
        return Sample(**self.description["sample"])

    def raw_score(self, matrix: Matrix) -> Vector:
        """Return log-odds before calibration."""
        if not len(matrix):
            return np.empty(0)
        score = np.asarray(self.booster.predict(matrix, raw_score=True), dtype=np.float64)
        return score if self.additive is None else score + self.additive.raw_score(matrix)

    def probability(self, raw_score: Vector) -> Vector:
        """Return calibrated churn probabilities among all rows, whatever sample the model was trained on."""
        return self.sample.corrected(calibrate(self.description["calibrator"], raw_score))

    def interval(self, raw_score: Vector, probability: Vector) -> tuple[Vector, Vector]:
        """Return the ends of the interval of each churn probability; see ``model.interval``."""
        return interval(self.description["interval"], raw_score, probability)

    def hazards(self, matrix: Matrix, probability: Vector, outcome_days: int) -> Curves:
        """Return the hazard of each of the 12 months from the outcome window's start, rows by months.

        They give the churn probability within the window. Without a survival model the hazard is constant.
        """
        if self.survival is None:
            return constant_hazards(probability, outcome_days)
        return agreeing(self.survival.hazards(matrix), probability, outcome_days)

    def type_shares(self, matrix: Matrix) -> npt.NDArray[np.float64]:
        """Return P(type | churn) of each row: one column for each of ``CHURN_TYPES``, rows add up to 1."""
        shares = np.array([self.description["type_shares"].get(name, 0.0) for name in CHURN_TYPES])
        out = np.tile(shares, (len(matrix), 1))
        if self.types is not None and len(matrix):
            places = [CHURN_TYPES.index(name) for name in self.description["types_modelled"]]
            predicted = np.asarray(self.types.predict(matrix), dtype=np.float64).reshape(len(matrix), -1)
            out[:, places] = predicted * shares[places].sum()
        normalised: npt.NDArray[np.float64] = out / out.sum(axis=1, keepdims=True)
        return normalised

    def contributions(self, matrix: Matrix, parts: int = 1) -> npt.NDArray[np.float64]:
        """Return contributions in log-odds that add up to the score: one column a feature, the last one the base score.

        See ``tree_contributions`` and ``AdditiveModel.contributions``. The first dimension is that of the parts of the
        model, each scaled to speak for all of it, so that their mean is that of the model. All together take the time
        of one, for each tree belongs to one part.

        Args:
            matrix: rows by columns of the schema.
            parts: into how many parts the trees of a single seed are dealt out in turns: neighbours in boosting have
                learnt almost the same from other columns. Trees of several seeds are parted by seed, if at all.
        """
        shape = (len(matrix), len(self.schema.columns) + 1)
        part, count = parts_of_trees(self.description.get("members", []), self.booster.num_trees(), parts)
        contributions = np.zeros((count, *shape))
        if not len(matrix):
            return contributions
        for place, text in enumerate(shared_out(self.text, part, count)):
            contributions[place] = count * tree_contributions(text, matrix)
        return contributions if self.additive is None else contributions + self.additive.contributions(matrix)


def parts_of_trees(members: Sequence[dict[str, Any]], trees: int, parts: int) -> tuple[list[int], int]:
    """Return the part that each tree of the final model belongs to, and how many parts there are.

    Args:
        members: as the model's description has them; trees stand in their order, seed after seed.
        trees: of the booster.
        parts: as in ``StoredModel.contributions``.
    """
    fitted = [(int(member["bags"]), int(member["rounds"])) for member in members if "settings" in member]
    seeds = min((bags for bags, _ in fitted), default=1)
    if min(seeds, parts) > 1 and sum(bags * rounds for bags, rounds in fitted) == trees:
        return [seed for bags, rounds in fitted for seed in range(bags) for _ in range(rounds)], seeds
    count = max(1, min(parts, trees))
    return [place % count for place in range(trees)], count


def require_one_model(booster: str, types: str, survival: str, description: Any) -> None:
    """Check that files are whole and of one model: their hash is the version in ``model.json``.

    Raises:
        ModelSchemaError: they are not, or of another version of this program.
    """
    described = description if isinstance(description, dict) else {}
    rest = {name: value for name, value in described.items() if name != "version"}
    if described.get("version") != model_version(booster, types, survival, rest):
        raise ModelSchemaError(
            "the model's files are damaged or not of one model: their hash is not the version in model.json",
            where="models/trained",
            next_step="run `savedesk train` again, or copy all files of one training run",
        )
    lacking = [name for name in NEEDED if name not in rest]
    if lacking:
        raise ModelSchemaError(
            f"the model is of another version of Savedesk: it lacks {', '.join(lacking)}",
            where="models/trained",
            next_step="run `savedesk train` again",
        )
