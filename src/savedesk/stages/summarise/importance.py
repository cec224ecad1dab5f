"""How much a process matters: what one point more of its score does to the log-odds of churn, like held against like.

For each process, churn is regressed on the score by logistic regression beside what else is known of the subscriber
(tenure, contract, bill, use, segment). A subscriber answers once and is looked at several times, so the errors are
clustered (sandwich: Huber 1967; Liang and Zeger 1986). A region has few answers: its own slope is one Newton step away
from the country's, and is drawn towards it by how much regions truly differ (DerSimonian and Laird 1986).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from savedesk.params.summarise import SummariseParams
from savedesk.schemas.summaries import COUNTRY
from savedesk.stages.summarise.groups import z_of

Floats = npt.NDArray[np.float64]
PLACES = (["region"], ["segment"], ["region", "segment"])  # in which a process may matter more or less
DIGITS = 6  # of what is written: the last ones of a fit depend on the number of threads
LOOSE = 1e4  # inverse penalty: there only so that a group without churners does not run away
COLUMNS = ["region", "segment", "process", "importance", "importance_low", "importance_high"]


@dataclass(frozen=True)
class Answered:
    """Answers with what became of the subscriber.

    Args:
        rows: subscriber_id, as_of, region, segment, process, score, churned and the controls, one row an answer.
        controls: columns that are held equal, numbers; a missing one counts as the mean.
    """

    rows: pd.DataFrame
    controls: Sequence[str]


@dataclass(frozen=True)
class Slope:
    """The slope of a process in the whole country.

    Args:
        value: change of the log-odds of churn with one point.
        variance: of it, clustered by subscriber.
        pull: score x residual of each row, the score being what the controls do not tell of it.
        sharpness: information of each row about the slope. Both are made smaller by how much less the rows of one
            subscriber tell than as many subscribers would.
    """

    value: float
    variance: float
    pull: Floats
    sharpness: Floats


def importance(answered: Answered, p: SummariseParams) -> pd.DataFrame:
    """Return importance with its interval by region, segment and process; ``COUNTRY`` in either is everybody.

    A process with fewer than ``minimum_churners`` among those who answered is left out.
    """
    parts = [
        part
        for process, rows in answered.rows.groupby("process", sort=True)
        if rows["churned"].astype(bool).sum() >= p.minimum_churners and rows["score"].min() < rows["score"].max()
        for part in _by_place(str(process), rows.reset_index(drop=True), answered.controls)
    ]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    table = pd.concat(parts, ignore_index=True)
    half = z_of(p.interval) * np.sqrt(table["variance"])
    table = table.assign(
        importance=-table["slope"], importance_low=-table["slope"] - half, importance_high=-table["slope"] + half
    )
    return table[COLUMNS].round(DIGITS)


def _by_place(process: str, rows: pd.DataFrame, controls: Sequence[str]) -> list[pd.DataFrame]:
    slope = fitted(rows, controls)
    whole = {"slope": [slope.value], "variance": [slope.variance]}
    parts = [pd.DataFrame(whole).assign(region=COUNTRY, segment=COUNTRY)]
    parts += [_drawn_together(rows, place, slope) for place in PLACES]
    return [
        part.assign(process=process, **{name: COUNTRY for name in ("region", "segment") if name not in part})
        for part in parts
    ]


def fitted(rows: pd.DataFrame, controls: Sequence[str]) -> Slope:
    """Return the slope of a process's score, other things equal."""
    held = _held_equal(rows, controls)
    score = rows["score"].to_numpy(float)
    matrix, churned = np.column_stack([held, score - score.mean()]), rows["churned"].astype(bool).to_numpy()
    model = LogisticRegression(C=LOOSE, solver="newton-cholesky", tol=1e-8).fit(matrix, churned)
    chance = expit(model.decision_function(matrix))
    whole = np.column_stack([np.ones(len(matrix)), matrix])
    weight, rest = chance * (1 - chance), churned - chance
    bread = np.linalg.pinv(whole.T @ (whole * weight[:, None]))
    clusters = _summed(whole * rest[:, None], rows["subscriber_id"])
    variance = (bread @ (clusters.T @ clusters) @ bread)[-1, -1]
    base = whole[:, :-1]
    explained = base @ np.linalg.lstsq(base * np.sqrt(weight)[:, None], whole[:, -1] * np.sqrt(weight), rcond=None)[0]
    own, alone = whole[:, -1] - explained, bread[-1, -1] / variance  # as many rows as would tell as much, were none kin
    return Slope(float(model.coef_[0, -1]), float(variance), alone * own * rest, alone * own**2 * weight)


def _summed(values: Floats, of: pd.Series) -> Floats:
    """Return the sum of the rows of each subscriber."""
    summed: Floats = pd.DataFrame(values).groupby(of.to_numpy()).sum().to_numpy(float)
    return summed


def _held_equal(rows: pd.DataFrame, controls: Sequence[str]) -> Floats:
    """Return the controls as numbers of mean 0 and spread 1, on a log scale, and a column for each segment but one."""
    given = rows[list(controls)].astype("float64")
    numbers = given.abs().apply(np.log1p) * given.apply(np.sign)
    spread = numbers.std(ddof=0).replace(0.0, 1.0).fillna(1.0)
    scaled = ((numbers - numbers.mean()) / spread).fillna(0.0)
    segments = pd.get_dummies(rows["segment"].fillna("-"), drop_first=True, dtype=float)
    return np.column_stack([scaled.to_numpy(float), segments.to_numpy(float)])


def _drawn_together(rows: pd.DataFrame, place: list[str], slope: Slope) -> pd.DataFrame:
    """Return the slope of each place, drawn towards the country's by how much places truly differ."""
    sums = rows[place].assign(pull=slope.pull, sharpness=slope.sharpness).groupby(place, as_index=False).sum()
    sharp = sums["sharpness"].to_numpy(float)
    usable = sharp > 0
    away = np.divide(sums["pull"].to_numpy(float), sharp, out=np.zeros(len(sums)), where=usable)
    differ = true_variance(away[usable], sharp[usable])
    share = differ * sharp / (differ * sharp + 1)
    return sums[place].assign(slope=slope.value + share * away, variance=slope.variance + (1 - share) * differ)


def true_variance(away: Floats, sharpness: Floats) -> float:
    """Return how much the truth varies between places, beyond chance (DerSimonian and Laird 1986); not below 0.

    Args:
        away: what was measured in each place.
        sharpness: 1 / its variance by chance.
    """
    if len(away) <= 1:
        return 0.0
    weight = float(sharpness.sum())
    centre = float((sharpness * away).sum()) / weight
    spread = float((sharpness * (away - centre) ** 2).sum())
    return max(0.0, (spread - (len(away) - 1)) / (weight - float((sharpness**2).sum()) / weight))
