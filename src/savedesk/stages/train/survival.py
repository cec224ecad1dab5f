"""Time to churn: a discrete-time hazard learnt from months at risk, and Kaplan-Meier curves to compare it with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from savedesk.model.fitted import BandRates
from savedesk.model.sample import Sample
from savedesk.model.schema import numbers
from savedesk.model.survival import MONTH_DAYS, MONTHS, Curves, SurvivalModel, survival, tenure_curves, with_month
from savedesk.params.train import TrainParams
from savedesk.schemas.model import HELD_OUT_SURVIVAL, NO_BOOSTER, TENURE, TENURE_COLUMNS
from savedesk.schemas.scores import SURVIVAL_COLUMNS
from savedesk.stages.train.booster import Table, fit, fit_watched, model_text, settings
from savedesk.stages.train.fitted import refit
from savedesk.stages.train.folds import set_aside, thinned

Vector = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Followed:
    """How long each row was followed from the start of its outcome window, in months of 30 days, 12 at most.

    Args:
        months: whole months followed.
        exit: month of the exit, 1..months; 0: none was seen.
    """

    months: Whole
    exit: Whole

    @staticmethod
    def of(rows: pd.DataFrame) -> Followed:
        """Return it for rows of the cohort."""
        start = pd.to_datetime(rows["outcome_start"])
        months = _months(rows["followed_until"], start).clip(0, MONTHS)
        gone = _months(rows["exit_on"], start, missing=MONTHS) + 1
        return Followed(months, np.where(gone <= months, gone, 0))

    @property
    def at_risk(self) -> Whole:
        """Months that begin with the subscriber still there."""
        return np.where(self.exit > 0, self.exit, self.months)

    def only(self, use: Mask) -> Followed:
        """Return it with no month of the other rows."""
        return Followed(np.where(use, self.months, 0), np.where(use, self.exit, 0))


@dataclass(frozen=True)
class FittedSurvival:
    """Text of the hazard's booster (or ``NO_BOOSTER``), its part of ``model.json``, curves of subscribers held out."""

    booster: str
    description: dict[str, Any] | None
    held_out: pd.DataFrame


def fit_survival(table: Table, rows: pd.DataFrame, aside: Mask, sample: Sample, params: TrainParams) -> FittedSurvival:
    """Fit the hazard on months at risk of all rows; none without enough exits.

    Of the subscribers set aside one half stops the fitting, the other half is judged by a booster that saw neither, and
    whose fitted features know nothing of those who are judged. Afterwards those features are of all rows.

    Args:
        table: training rows.
        rows: the same rows of the cohort, with features.
        aside: subscribers set aside.
        sample: how the rows were drawn.
        params: section ``train``.
    """
    followed = Followed.of(rows)
    gone, whole = followed.exit > 0, np.ones(len(rows), dtype=bool)
    tested = aside & set_aside(rows["subscriber_id"], params.early_stopping_share / 2, params.seed)
    watched_by = aside & ~tested
    if gone.sum() < params.survival_minimum_exits or not ((gone & ~aside).any() and (gone & watched_by).any()):
        return FittedSurvival(NO_BOOSTER, None, pd.DataFrame(columns=list(HELD_OUT_SURVIVAL.column_names)))
    weight = sample.weights(rows["churned"].to_numpy(dtype=bool))
    refit(table.matrix, rows, ~tested, table.schema, sample, params)
    learn, watch = (_months_at_risk(table, followed.only(use), weight, params) for use in (~aside, watched_by))
    own = settings(params, params.survival_recipe, learn, alone=True)
    watched, losses = fit_watched(own, learn, watch, params.survival_max_rounds, params.early_stopping_rounds)
    rounds = int(np.argmin(losses)) + 1
    described = {"rounds": rounds, "months_at_risk": int(followed.at_risk.sum())}
    described |= kaplan_meier_by_tenure(rows, followed.only(~tested), weight, params.survival_tenure_bands)
    even = tested & _evened(weight, params.seed)
    held_out = _held_out(table, rows, followed, even, SurvivalModel(watched, rounds), described, params)
    refit(table.matrix, rows, whole, table.schema, sample, params)
    every = _months_at_risk(table, followed, weight, params)
    return FittedSurvival(model_text(fit(own, every, rounds)), described, held_out)


def kaplan_meier_by_tenure(rows: pd.DataFrame, followed: Followed, weight: Vector, bands: int) -> dict[str, Any]:
    """Return for each month the share still there by band of tenure (Kaplan and Meier 1958, JASA 53), as plain values.

    ``everybody`` has that of all rows, whether their tenure is known or not; see ``tenure_curves``.

    Args:
        rows: training rows.
        followed: how long they were followed.
        weight: subscribers that each row stands for.
        bands: bands at most, of about equally many rows.
    """
    values = _tenure(rows)
    there = ~np.isnan(values)
    edges = np.unique(np.quantile(values[there], np.arange(1, bands) / bands)) if there.any() else np.empty(0)
    band = np.searchsorted(edges, values, side="left")
    by_band = _kaplan_meier(followed.only(there), weight, band, len(edges) + 1)
    everybody = _kaplan_meier(followed, weight, np.zeros(len(rows), dtype=np.int64), 1)
    rates = [BandRates(TENURE, tuple(edges.tolist()), tuple(alive.tolist())).to_json() for alive in by_band]
    return {"tenure": rates, "everybody": everybody[:, 0].tolist()}


def _kaplan_meier(followed: Followed, weight: Vector, band: Whole, bands: int) -> Curves:
    """Return the share still there after each month, months by bands."""
    alive, curves = np.ones(bands), []
    for month in range(1, MONTHS + 1):
        risk = followed.at_risk >= month
        begun = np.bincount(band[risk], weight[risk], bands)
        gone = np.bincount(band[risk], weight[risk] * (followed.exit[risk] == month), bands)
        alive = alive * (1 - gone / np.maximum(begun, 1.0))
        curves.append(alive)
    return np.array(curves)


def _tenure(rows: pd.DataFrame) -> Vector:
    return numbers(rows[TENURE]) if TENURE in rows else np.full(len(rows), np.nan)


def _evened(weight: Vector, seed: int) -> Mask:
    """Return a draw of rows in which churners and stayers are as frequent as among all subscribers.

    Whoever stands for fewer subscribers is left out more often: what is judged needs no weights then.
    """
    drawn: Mask = np.random.default_rng(seed).random(len(weight)) < weight / weight.max()
    return drawn


def _months_at_risk(table: Table, followed: Followed, weight: Vector, params: TrainParams) -> Table:
    """Return months at risk as rows to learn from: all with an exit and a draw of the others, where there are too many.

    Each drawn month stands for as many as its draw left out, by its weight, so that the hazards stay unbiased.
    """
    risk = followed.at_risk
    ends = np.cumsum(risk)
    total = int(ends[-1])
    last = ends[followed.exit > 0] - 1  # an exit falls in the last month at risk
    most = params.survival_rows
    draw = np.random.default_rng(params.seed)
    exits = last if len(last) <= most // 2 else np.sort(draw.choice(last, most // 2, replace=False))
    others = most - len(exits)
    if total <= most:
        places = np.arange(total)
    else:
        drawn = np.unique(draw.integers(0, total, others))
        places = np.union1d(exits, drawn[~np.isin(drawn, last)])
    of_row = np.searchsorted(ends, places, side="right")
    month = places - (ends - risk)[of_row] + 1
    target = (followed.exit[of_row] == month).astype(np.int64)
    shares = np.array([total - len(last), len(last)]) / np.maximum(np.bincount(target, minlength=2), 1)
    matrix = np.empty((len(places), table.matrix.shape[1] + 1), dtype=np.float32)
    matrix[:, :-1] = table.matrix[of_row]
    matrix[:, -1] = month
    stands_for = weight[of_row] * shares[target]
    directions = table.directions
    return Table(matrix, target, with_month(table.schema), directions, stands_for / stands_for.mean())


def _held_out(
    table: Table,
    rows: pd.DataFrame,
    followed: Followed,
    tested: Mask,
    model: SurvivalModel,
    described: dict[str, Any],
    params: TrainParams,
) -> pd.DataFrame:
    """Return the contract ``held_out_survival``."""
    places = np.flatnonzero(tested & (followed.months > 0))
    places = places[thinned(len(places), params.survival_judged_rows, params.seed)]
    some = rows.iloc[places]
    exits = pd.Series(followed.exit[places], index=some.index, dtype="Int64")
    observed = some[["subscriber_id", "as_of"]].assign(
        followed_months=followed.months[places], exit_month=exits.where(exits > 0, pd.NA)
    )
    curves = _named(survival(model.hazards(table.matrix[places])), SURVIVAL_COLUMNS, observed.index)
    beside = _named(tenure_curves(described, _tenure(some)), TENURE_COLUMNS, observed.index)
    return pd.concat([observed, curves, beside], axis=1).reset_index(drop=True)


def _named(curves: Curves, names: tuple[str, ...], index: pd.Index) -> pd.DataFrame:
    return pd.DataFrame(curves, columns=list(names), index=index)


def _months(day: pd.Series, start: pd.Series, missing: int = 0) -> Whole:
    """Return the whole months from the start of the outcome window to a day."""
    days = (pd.to_datetime(day) - start).dt.days
    return np.floor_divide(days.fillna(missing * MONTH_DAYS).to_numpy(dtype=np.int64), MONTH_DAYS)
