"""Eight flat tables whose truth is known: what a model meets on tables that nobody here has seen.

Each is drawn from a seed: columns, the true churn probability of each row, and who left by it. The churn rate, the
number of rows and what makes the table hard differ; none of them is used to choose a setting by its name.
``python -m benchmarks.invented_tables [SEED]`` prints what the truth itself reaches on each: no model can do better.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit
from sklearn.metrics import log_loss, roc_auc_score

Vector = npt.NDArray[np.float64]
Columns = dict[str, npt.NDArray[np.generic]]


@dataclass(frozen=True)
class InventedTable:
    """A table with its truth.

    Args:
        columns: what a model sees, one row a subscriber.
        probability: true churn probability of each row.
        churned: drawn by it.
    """

    columns: pd.DataFrame
    probability: Vector
    churned: npt.NDArray[np.int64]


def _names(
    draw: np.random.Generator, rows: int, count: int, letter: str
) -> tuple[npt.NDArray[np.generic], npt.NDArray[np.int64]]:
    """Return names of unequal frequency, as cities have them, and the number of each."""
    shares = 1 / np.arange(1, count + 1) ** 0.7
    code = draw.choice(count, rows, p=shares / shares.sum())
    return np.array([f"{letter}{number:04d}" for number in range(count)], dtype=object)[code], code


def _numbers(draw: np.random.Generator, rows: int, count: int) -> Columns:
    return {f"number_{place}": draw.normal(size=rows) for place in range(count)}


def names_that_matter(draw: np.random.Generator, rows: int) -> tuple[Columns, Vector]:
    """200 areas of which each has its own churn, and 300 dealers; few numbers."""
    area, of_area = _names(draw, rows, 200, "area_")
    dealer, of_dealer = _names(draw, rows, 300, "dealer_")
    numbers = _numbers(draw, rows, 8)
    effect = draw.normal(0, 0.7, 200)[of_area] + draw.normal(0, 0.3, 300)[of_dealer]
    return {"area": area, "dealer": dealer, **numbers}, effect + 0.8 * numbers["number_0"] - 0.5 * numbers["number_1"]


def names_of_no_effect(draw: np.random.Generator, rows: int) -> tuple[Columns, Vector]:
    """Names of many values that say nothing, beside numbers that do."""
    area, _ = _names(draw, rows, 200, "area_")
    handset, _ = _names(draw, rows, 400, "handset_")
    plan, of_plan = _names(draw, rows, 6, "plan_")
    numbers = _numbers(draw, rows, 10)
    score = 0.7 * numbers["number_0"] + 0.5 * np.abs(numbers["number_1"]) + draw.normal(0, 0.5, 6)[of_plan]
    return {"area": area, "handset": handset, "plan": plan, **numbers}, score


def smooth_effects(draw: np.random.Generator, rows: int) -> tuple[Columns, Vector]:
    """A sum of straight and bent curves: what a logistic regression knows best."""
    numbers = _numbers(draw, rows, 12)
    kind, of_kind = _names(draw, rows, 4, "contract_")
    weights = draw.normal(0, 0.4, 12)
    score = sum((weights[place] * numbers[f"number_{place}"] for place in range(12)), np.zeros(rows))
    return {"contract": kind, **numbers}, score + 0.4 * np.tanh(2 * numbers["number_3"]) + draw.normal(0, 0.6, 4)[
        of_kind
    ]


def heavy_tails(draw: np.random.Generator, rows: int) -> tuple[Columns, Vector]:
    """Amounts over six orders of magnitude, of which the logarithm counts, and a few wild values."""
    logs = {f"amount_{place}": draw.normal(0, 1, rows) for place in range(10)}
    amounts = {name: np.exp(2.2 * log) * draw.choice([1, 1000], rows, p=[0.998, 0.002]) for name, log in logs.items()}
    score = 0.8 * logs["amount_0"] - 0.6 * logs["amount_1"] + 0.5 * (logs["amount_2"] > 1) * logs["amount_3"]
    return amounts, score


def missing_by_outcome(draw: np.random.Generator, rows: int) -> tuple[Columns, Vector]:
    """Values are missing where they would be low, and among those who leave: silence speaks."""
    numbers = _numbers(draw, rows, 15)
    score = 0.9 * numbers["number_0"] - 0.6 * numbers["number_1"] + 0.4 * numbers["number_2"]
    for place in (0, 1, 2, 5, 6):
        hidden = draw.random(rows) < expit(-1.5 - 1.2 * numbers[f"number_{place}"] + 0.5 * score)
        numbers[f"number_{place}"] = np.where(hidden, np.nan, numbers[f"number_{place}"])
    return numbers, score


def noise_and_copies(draw: np.random.Generator, rows: int) -> tuple[Columns, Vector]:
    """Eight columns that count among eighty of noise, with near copies and rounded ones."""
    numbers = _numbers(draw, rows, 8)
    noise = {f"noise_{place}": draw.normal(size=rows) for place in range(80)}
    near = {f"near_{place}": numbers[f"number_{place}"] + draw.normal(0, 0.05, rows) for place in range(4)}
    rounded = {f"rounded_{place}": np.round(numbers[f"number_{place}"], 1) for place in range(4)}
    score = sum(
        (w * numbers[f"number_{p}"] for p, w in enumerate((1, -0.8, 0.6, 0.5, -0.4, 0.3, 0.2, 0.2))), np.zeros(rows)
    )
    return {**noise, **near, **numbers, **rounded}, score + 0.7 * (numbers["number_0"] > 0) * (numbers["number_1"] > 0)


def interactions(draw: np.random.Generator, rows: int) -> tuple[Columns, Vector]:
    """What counts is what meets what: signs, thresholds and names together."""
    numbers = _numbers(draw, rows, 12)
    plan, of_plan = _names(draw, rows, 5, "plan_")
    slope = draw.normal(0, 1, 5)[of_plan]
    crossed = 1.2 * np.sign(numbers["number_0"]) * np.sign(numbers["number_1"])
    return {"plan": plan, **numbers}, crossed + slope * numbers["number_2"] + 1.0 * (numbers["number_3"] > 1)


def seldom_leaving(draw: np.random.Generator, rows: int) -> tuple[Columns, Vector]:
    """Few leave: some for a reason that only they have, the others by a slow drift."""
    numbers = _numbers(draw, rows, 30)
    area, of_area = _names(draw, rows, 60, "area_")
    reason = (numbers["number_0"] > 1.8) & (numbers["number_1"] > 0)
    score = 2.5 * reason + 0.5 * numbers["number_2"] - 0.4 * numbers["number_3"] + draw.normal(0, 0.4, 60)[of_area]
    return {"area": area, **numbers}, score


Maker = Callable[[np.random.Generator, int], tuple[Columns, Vector]]
TABLES: dict[str, tuple[Maker, int, float]] = {  # what is drawn, rows, churn rate
    "names_that_matter": (names_that_matter, 30_000, 0.20),
    "names_of_no_effect": (names_of_no_effect, 10_000, 0.15),
    "smooth_effects": (smooth_effects, 1_500, 0.50),
    "heavy_tails": (heavy_tails, 6_000, 0.10),
    "missing_by_outcome": (missing_by_outcome, 12_000, 0.25),
    "noise_and_copies": (noise_and_copies, 4_000, 0.30),
    "interactions": (interactions, 25_000, 0.35),
    "seldom_leaving": (seldom_leaving, 100_000, 0.02),
}


def invented_table(name: str, seed: int) -> InventedTable:
    """Draw one of ``TABLES``; the intercept is the one that gives its churn rate."""
    maker, rows, rate = TABLES[name]
    draw = np.random.default_rng([seed, list(TABLES).index(name)])
    columns, score = maker(draw, rows)
    shift = float(brentq(lambda level: float(expit(score + level).mean()) - rate, -30, 30))
    probability = expit(score + shift)
    frame = pd.DataFrame({"id": [f"s{number:06d}" for number in range(rows)], **columns})
    return InventedTable(frame, probability, (draw.random(rows) < probability).astype(np.int64))


def main() -> None:
    """Print rows, columns and churn rate of each table, and AUC and log loss of its truth."""
    seed = int(sys.argv[1]) if sys.argv[1:] else 1
    print(f"{'table':<20}{'rows':>8}{'columns':>9}{'churn':>8}{'AUC':>8}{'log loss':>10}")  # noqa: T201
    for name in TABLES:
        table = invented_table(name, seed)
        rows, columns = table.columns.shape
        auc = roc_auc_score(table.churned, table.probability)
        loss = log_loss(table.churned, table.probability)
        print(f"{name:<20}{rows:>8,}{columns - 1:>9}{table.churned.mean():>8.1%}{auc:>8.4f}{loss:>10.4f}")  # noqa: T201


if __name__ == "__main__":
    main()
