"""A cohort and its features whose risk is known, for tests of the stages that learn and score."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from savedesk.model.sample import Sample
from savedesk.model.schema import ModelColumn, ModelSchema
from savedesk.schemas import cohort, features, source_facts
from savedesk.stages.train.booster import Table
from savedesk.stages.train.journal import Journal
from savedesk.stages.train.validation import Folds
from tests.tables import save, sections, table

DAY = dt.timedelta(days=1)
DATES = [dt.date(2025, month, 1) for month in range(1, 10)]
ROLES = ["train"] * 5 + ["embargo", "test", "embargo", "score"]
FOLDS = [None, None, None, 1, 2, None, None, None, None]
PLANS = np.array(["basic", "plus", "max"])


def learnable(root: Path, per_date: int = 250, seed: int = 0, churn: float = -1.0) -> Path:
    """Write a dated cohort and features: risk rises with ``drop``; plan ``max`` goes dormant, the others cancel."""
    draw = np.random.default_rng(seed)
    rows, parts = [], []
    for as_of, role, fold in zip(DATES, ROLES, FOLDS, strict=True):
        drop, noise, plan = draw.normal(size=per_date), draw.normal(size=per_date), draw.integers(0, 3, per_date)
        left = draw.random(per_date) < 1 / (1 + np.exp(-churn - 2 * drop))
        ids = [f"s{k:04d}" for k in range(per_date)]
        for k, subscriber_id in enumerate(ids):
            label = None if role == "score" else bool(left[k])
            rows.append(
                {
                    "subscriber_id": subscriber_id,
                    "as_of": as_of,
                    "role": role,
                    "fold": fold,
                    "outcome_start": as_of + 14 * DAY,
                    "outcome_end": as_of + 74 * DAY,
                    "churned": label,
                    "churn_type": ("dormant" if plan[k] == 2 else "cancelled") if label else None,
                    "churned_on": as_of + 20 * DAY if label else None,
                    "label_known_on": as_of + 89 * DAY,
                }
            )
        if role != "embargo":
            parts.append(
                pa.table(
                    {
                        "subscriber_id": ids,
                        "as_of": pa.array([as_of] * per_date, pa.date32()),
                        "drop": drop,
                        "noise": noise,
                        "plan": PLANS[plan],
                    }
                )
            )
    save(root, cohort.TABLE, table(cohort.TABLE, rows))
    save(root, features.TABLE, pa.concat_tables(parts))
    describe(root)
    name_source(root, "mine")
    return root


def describe(root: Path) -> None:
    """Write the dictionary of the three features."""
    lines = """
    name  | family | dtype   | window | meaning | direction | reason     | speaks_from | sentence_en  | sentence_zh
    drop  | usage  | float64 | now    | drop    | 1         | usage_drop | 0           | fell {value} | 下降 {value}
    noise | usage  | float64 | now    | noise   | 0         |            |             |              |
    plan  | tenure | string  | now    | plan    | 0         | price      |             | plan {value} | 套餐 {value}
    """
    save(root, features.DICTIONARY, table(features.DICTIONARY, lines))


def name_source(root: Path, name: str) -> None:
    """Write the facts of the source."""
    path = root / source_facts.FILE.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"name": name, "kind": "dated"}), encoding="utf-8")


def few_recipes(*names: str) -> dict:
    """Return changes to the params that leave these recipes alone: the others are overlaid, never taken away."""
    every = sections()["train"].recipes
    return {"recipes": {name: every[name] for name in names}}


def in_folds(root: Path, columns: dict[str, np.ndarray], churned: np.ndarray, folds: int = 4, **changes) -> Folds:
    """Return rows in folds dealt out one by one, with the matrix of their columns; columns of whole codes by ``text_``.

    Args:
        root: folder of the kept fits.
        columns: name -> values.
        churned: outcome of each row.
        folds: number of folds.
        **changes: to section ``train``; ``directions`` says which way risk goes.
    """
    directions = changes.pop("directions", {})
    params = sections()["train"].model_copy(update={"threads": 1, **changes})
    schema = ModelSchema(tuple(_column(name, values) for name, values in columns.items()))
    matrix = np.column_stack(list(columns.values())).astype(np.float32)
    fold = np.arange(len(churned)) % folds
    rows = pd.DataFrame({"subscriber_id": [f"s{k}" for k in range(len(churned))], "churned": churned.astype(bool)})
    masks = [(number + 1, fold != number, fold == number) for number in range(folds)]
    data = Table(matrix, churned.astype(np.int64), schema, directions)
    return Folds(rows, data, masks, Sample(0), params, Journal(root))


def _column(name: str, values: np.ndarray) -> ModelColumn:
    if not name.startswith("text_"):
        return ModelColumn(name, "float64")
    return ModelColumn(name, "string", tuple(f"v{code}" for code in range(int(np.nanmax(values)) + 1)))
