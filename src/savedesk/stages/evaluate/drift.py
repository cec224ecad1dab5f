"""Do scores and features still look as they did: population stability index (PSI) from as_of to as_of."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from savedesk.metrics.running_sums import Floats, Integers
from savedesk.model.sample import Sample
from savedesk.params.evaluate import EvaluateParams
from savedesk.params.features import FeaturesParams
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import features, scores
from savedesk.stages.evaluate.bootstrap import Figure

KEY = ["subscriber_id", "as_of"]
SCORE, TRAINING = "churn_probability", "training"
BINS = 10
SIX_DIGITS = 5e-6  # the ends of the training bands are written with six digits


def stability_index(before: Floats, now: Floats) -> float:
    """Return sum (q - p) ln(q / p) over bins, 0 is no change (Siddiqi, Credit Risk Scorecards, 2006).

    Empty bins count as half a row.

    Args:
        before: rows by bin.
        now: rows by bin.
    """
    p, q = (np.maximum(counts, 0.5) / np.maximum(counts, 0.5).sum() for counts in (before, now))
    return float(np.sum((q - p) * np.log(q / p)))


def sampled(inputs: Inputs) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each scored as_of that no model was trained on, and a sample of its rows: scores, then features."""
    params, table = inputs.section(EvaluateParams), inputs.table(scores.TABLE)
    table = table.filter(table.role.isin(["test", "score"])).select(*KEY, SCORE)
    sizes = table.group_by("as_of").aggregate(rows=table.count()).order_by("as_of").to_pandas()
    for day, rows in zip(sizes["as_of"], sizes["rows"], strict=True):
        share = min(1.0, params.drift_rows / int(rows))
        part = table.filter(table.as_of == pd.Timestamp(day).date()).mutate(churned=False)
        part = part.filter(Sample(params.seed, share, share).drawn(part)).drop("churned")
        joined = part.inner_join(inputs.table(features.TABLE), KEY, rname="{name}_feature")
        joined = joined.drop(*[name for name in joined.columns if name in {f"{column}_feature" for column in KEY}])
        yield str(pd.Timestamp(day).date()), joined.order_by(KEY).to_pandas()


class Drift:
    """Looks at the samples one after the other.

    Args:
        statistics: contract ``feature_statistics``, what the features looked like in training.
    """

    def __init__(self, statistics: pd.DataFrame) -> None:
        """Keep the bands of training by feature."""
        self._bands = {str(name): part.sort_values("band") for name, part in statistics.groupby("name", sort=True)}
        self._before: tuple[str, Floats] | None = None
        self._lines: list[dict[str, Any]] = []

    def look(self, day: str, rows: pd.DataFrame) -> None:
        """Compare an as_of with the one before it (scores) and with training (features)."""
        score = rows[SCORE].to_numpy(dtype=float)
        if self._before:
            earlier, old = self._before
            edges = np.unique(np.quantile(old, np.arange(1, BINS) / BINS))
            counts = (
                np.bincount(np.searchsorted(edges, values), minlength=BINS).astype(float) for values in (old, score)
            )
            self._add(SCORE, day, earlier, stability_index(*counts), len(rows))
        self._before = (day, score)
        for name, bands in self._bands.items():
            if name in rows:
                now = np.bincount(places(rows[name], bands), minlength=len(bands)).astype(float)
                before = bands["share"].to_numpy(dtype=float) * len(rows)
                self._add(name, day, TRAINING, stability_index(before, now), len(rows))

    def _add(self, name: str, day: str, against: str, psi: float, rows: int) -> None:
        self._lines.append({"name": name, "as_of": day, "against": against, "psi": psi, "rows": rows})

    def table(self) -> pd.DataFrame:
        """Return the table ``drift``."""
        return pd.DataFrame(self._lines)


def places(values: pd.Series, bands: pd.DataFrame) -> Integers:
    """Return the band of each value as training had them: 0 where it is missing, or none of the names."""
    labels = bands["up_to"].iloc[1:]
    if not pd.api.types.is_numeric_dtype(values) and not values.isna().all():
        names = {str(name): place for place, name in enumerate(labels, start=1)}
        return np.asarray(values.map(names).fillna(0).to_numpy(dtype=np.int64), dtype=np.int64)
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    if not len(labels):
        return np.zeros(len(numbers), dtype=np.int64)
    edges = labels.to_numpy(dtype=float)
    unclipped = np.searchsorted(edges + np.abs(edges) * SIX_DIGITS, np.nan_to_num(numbers)) + 1
    band: Integers = np.where(np.isnan(numbers), 0, np.minimum(unclipped, len(edges))).astype(np.int64)
    return band


def drift_figures(table: pd.DataFrame, params: FeaturesParams) -> dict[str, Figure]:
    """Return the largest PSI of the scores and of a feature, and how many features have shifted at some as_of."""
    if table.empty:
        return {}
    worst = table.groupby("name")["psi"].max()
    of_features = worst.drop(SCORE, errors="ignore")
    values = {
        "score_psi": float(worst.get(SCORE, math.nan)),
        "feature_psi": float(of_features.max()) if len(of_features) else math.nan,
        "features_shifted": float((of_features > params.shifted_psi).sum()),
    }
    return {name: Figure(value) for name, value in values.items() if not math.isnan(value)}


def shifted(table: pd.DataFrame, params: FeaturesParams, most: int = 5) -> dict[str, str]:
    """Return in words the features that have shifted, worst first; nothing where there is none."""
    if table.empty:
        return {}
    worst = table[table["name"] != SCORE].sort_values(["psi", "name"], ascending=[False, True], kind="stable")
    worst = worst[worst["psi"] > params.shifted_psi].drop_duplicates("name").head(most)
    text = ", ".join(f"{feature.name} {feature.psi:.2f}" for feature in worst.itertuples(index=False))
    return {"features_shifted_most": text} if text else {}
