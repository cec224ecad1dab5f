"""A stored model of a few features, made without a training run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import lightgbm as lgb
import pandas as pd

from savedesk.model.stored import NEEDED, model_version
from savedesk.model.tree_text import merged
from savedesk.schemas import model
from savedesk.schemas.model import NO_BOOSTER

FILES = (model.BOOSTER, model.TYPES, model.SURVIVAL)


def small_model(folder: Path, rows: pd.DataFrame, names: list[str], seeds: tuple[int, ...] = (1,), **about: Any) -> str:
    """Write a model's files into a folder and return its version: the mean of boosters of some seeds.

    Args:
        folder: made if it is not there.
        rows: features and ``churned``.
        names: of the features, all numbers.
        seeds: of the boosters.
        **about: what its description says beside.
    """
    settings = {"objective": "binary", "num_leaves": 7, "verbose": -1, "num_threads": 1, "feature_fraction": 0.6}
    boosters = [
        lgb.train(settings | {"seed": seed, "bagging_fraction": 0.5, "bagging_freq": 1}, _dataset(rows, names), 30)
        for seed in seeds
    ]
    text = merged([(booster.model_to_string(), 1 / len(boosters)) for booster in boosters])
    column = {"dtype": "float64", "categories": [], "other_share": 0.0, "low": -1e9, "high": 1e9}
    described = dict.fromkeys(NEEDED) | {
        "columns": [{"name": name, **column} for name in names],
        "calibrator": {"method": "none"},
        "sample": {"seed": 1},
        "interval": {"level": 0.9},
        "type_shares": {"cancelled": 1.0},
        "types_modelled": [],
        "members": [{"settings": {}, "bags": len(boosters), "rounds": 30}],
        "source": "test",
        **about,
    }
    described["version"] = model_version(text, NO_BOOSTER, NO_BOOSTER, described)
    folder.mkdir(parents=True, exist_ok=True)
    for contract, content in zip(FILES, (text, NO_BOOSTER, NO_BOOSTER), strict=True):
        (folder / Path(contract.path).name).write_text(content, encoding="utf-8")
    (folder / Path(model.SCHEMA.path).name).write_text(json.dumps(described), encoding="utf-8")
    return str(described["version"])


def _dataset(rows: pd.DataFrame, names: list[str]) -> lgb.Dataset:
    return lgb.Dataset(rows[names].to_numpy(dtype=float), rows["churned"].astype(float))
