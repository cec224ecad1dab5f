"""Two runs on the rows that both evaluated: figures of each, and their differences with paired intervals.

Both lists are valued at the same prices, so that a run earns no more by believing that its subscribers are worth more:
remaining value is the mean of what the two runs say, and where both would do the same with a subscriber, so are save
rate, take-up and offer. The difference that remains is in whom they contact, and with what.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from savedesk.metrics.declaration import Place
from savedesk.metrics.registry import shown_in
from savedesk.metrics.running_sums import Floats, Integers
from savedesk.params.compare import CompareParams
from savedesk.params.evaluate import EvaluateParams
from savedesk.stages.evaluate.bootstrap import Figure, Resamples, Sums, Tally, figures_with_intervals
from savedesk.stages.evaluate.money import Flags
from savedesk.stages.evaluate.probability import calibration_table, row_losses
from savedesk.stages.evaluate.rows import UNKNOWN, subscriber_codes
from savedesk.stages.evaluate.score_figures import FigureRows, PairedScores, ScoredRows

KEY = ["subscriber_id", "as_of"]
SLICE_BY = ("segment", "region", "tier", "age_band")
SIDES = ("_a", "_b")
PRICES = ("save_rate", "take_up", "offer_cost")
# Figures of both, and as evaluate names them.
FIGURES = {"profit": "profit_at_capacity", **{metric.name: metric.name for metric in shown_in(Place.COMPARE)}}


@dataclass(frozen=True)
class Paired:
    """What two runs did on the same rows; ``a`` is the one that ``b`` is held against.

    Args:
        figures: by name: ``profit`` and the metrics of ``Place.COMPARE`` with ``_a`` and ``_b``, and b - a without an
            end; profit is money an as_of at the same prices. ``profit <as_of>`` is the difference of that day.
        own_profit: profit at capacity of each by its own prices, as its metrics have it on these rows.
        slices: one row a slice: slice_by, slice, rows, churners, profit_a, profit_b, and b - a as ``profit`` and
            ``log_loss``, with ``_low`` and ``_high``, which hold for all slices at once.
        overlap: Jaccard index of the two lists by as_of.
        contacts: contacts an as_of of each.
        calibration: contract ``calibration`` of both, with ``run``, a or b.
        rows: (subscriber_id, as_of) behind it.
        churners: of them.
        shared: share of the rows of the shared as_of dates that both have.
    """

    figures: dict[str, Figure]
    own_profit: tuple[float, float]
    slices: pd.DataFrame
    overlap: dict[str, float]
    contacts: tuple[float, float]
    calibration: pd.DataFrame
    rows: int
    churners: int
    shared: float

    @property
    def priced(self) -> float:
        """Part of the difference between the runs' own profits that is due to their prices alone, money an as_of."""
        return self.own_profit[1] - self.own_profit[0] - self.figures["profit"].value


def same_rows(a: pd.DataFrame, b: pd.DataFrame, least: float) -> tuple[pd.DataFrame, float, str]:
    """Return the rows of both with ``_a`` and ``_b``, the share that is shared, and why they are not comparable.

    A row is the same where subscriber, as_of and outcome are.

    Args:
        a: contract ``rows`` of evaluate.
        b: those of the other run.
        least: share of the rows of the shared as_of dates that both must have.
    """
    a, b = (rows.assign(as_of=rows["as_of"].astype(str)) for rows in (a, b))
    days = sorted({*a["as_of"]} & {*b["as_of"]})
    if not days:
        ends = [f"{rows['as_of'].min()} to {rows['as_of'].max()}" if len(rows) else "no date" for rows in (a, b)]
        return pd.DataFrame(), 0.0, f"no as_of date was evaluated by both ({ends[0]}; {ends[1]})"
    a, b = a[a["as_of"].isin(days)], b[b["as_of"].isin(days)]
    both = a.merge(b, on=KEY, suffixes=SIDES).sort_values(KEY, ignore_index=True)
    same = both[both["churned_a"] == both["churned_b"]].reset_index(drop=True)
    most = max(len(a), len(b))
    shared, met = len(same) / most, len(both) / most
    why = ""
    if met < least:
        why = f"of {most:,} rows of the shared dates only {len(both):,} are of the same subscribers"
    elif shared < least:
        why = f"{len(both) - len(same):,} of {len(both):,} rows have another outcome: churn is counted differently"
    elif same["churned_a"].nunique() < 2:  # noqa: PLR2004 - churners and stayers
        why = "the shared rows are all churners or all stayers"
    return same, shared, why


@dataclass(frozen=True)
class Contacts:
    """What the contacts of one run have earned, row by row, at the prices of both runs; 0 where it made none.

    Args:
        gain: realised gain, money.
        swing: by how much it would be higher had the subscriber left in a way that the action touches, than had they
            stayed, money.
    """

    gain: Floats
    swing: Floats


def at_same_prices(rows: pd.DataFrame) -> tuple[Contacts, Contacts]:
    """Return the contacts of both runs, valued alike."""
    value = rows[["remaining_value_a", "remaining_value_b"]].mean(axis=1).to_numpy(dtype=float)
    alike = (rows["action_a"].notna() & (rows["action_a"] == rows["action_b"])).to_numpy(dtype=bool)
    contacts = []
    for side in SIDES:
        rate, take_up, offer = (
            np.where(alike, rows[[f"{name}_a", f"{name}_b"]].mean(axis=1), rows[f"{name}{side}"]) for name in PRICES
        )
        touched, cost = (rows[f"{name}{side}"].to_numpy(dtype=float) for name in ("touched", "contact_cost"))
        listed = rows[f"listed{side}"].to_numpy(dtype=bool)
        swing = np.where(listed, rate * (value - offer) + take_up * offer, 0.0)
        contacts.append(Contacts(np.where(listed, touched * swing - take_up * offer - cost, 0.0), swing))
    return contacts[0], contacts[1]


def error_of(rows: pd.DataFrame, gains: Floats, swings: Floats, codes: Integers) -> float:
    """Return the standard error of a difference of gains: as subscribers show it, and no less than chance makes it.

    A bootstrap cannot draw the churner who was not there: lists differ in a few hundred contacts, of whom some leave,
    and one valuable line more or less is much of the difference. The sum of independent outcomes has the variance
    sum p (1 - p) s^2 with s what hangs on the outcome (as in Spiegelhalter 1986, Statistics in Medicine 5). p is the
    mean of both runs; windows of neighbouring as_of dates share exits, so a subscriber's rows count as one outcome.

    Args:
        rows: rows of both runs.
        gains: gain of run b less that of run a.
        swings: likewise of what hangs on the outcome.
        codes: subscriber of each row.
    """
    each = pd.Series(gains).groupby(codes).sum().to_numpy(dtype=float)
    drawn = np.sqrt(max(np.sum(each**2) - each.sum() ** 2 / len(each), 0.0))
    chance = rows[["churn_probability_a", "churn_probability_b"]].mean(axis=1)
    spread = (chance * (1 - chance)).groupby(codes).mean()
    at_stake = pd.Series(swings, index=rows.index).groupby(codes).sum()
    return float(max(drawn, np.sqrt((spread * at_stake**2).sum())))


def compared(rows: pd.DataFrame, shared: float, params: EvaluateParams) -> Paired:
    """Return figures and differences.

    Args:
        rows: as ``same_rows`` returns them, comparable.
        shared: share that is shared.
        params: section ``evaluate``: rounds, interval, seed, bins, least rows of a slice.
    """
    contacts = at_same_prices(rows)
    listed = [rows[f"listed{side}"].to_numpy(dtype=bool) for side in SIDES]
    months = rows["as_of"].nunique()
    own = [
        float(rows.loc[flags, f"realised_gain{side}"].sum()) / months for flags, side in zip(listed, SIDES, strict=True)
    ]
    days = {str(day): (rows["as_of"] == day).to_numpy(dtype=bool) for day in sorted(rows["as_of"].unique())}
    overlap = {
        day: float((listed[0] & listed[1] & at).sum() / union)
        if (union := ((listed[0] | listed[1]) & at).sum())
        else 1.0
        for day, at in days.items()
    }
    return Paired(
        figures=_figures(rows, contacts, days, params),
        own_profit=(own[0], own[1]),
        slices=slice_differences(rows, contacts, params),
        overlap=overlap,
        contacts=(float(listed[0].sum()) / months, float(listed[1].sum()) / months),
        calibration=_calibration(rows, params),
        rows=len(rows),
        churners=int(rows["churned_a"].sum()),
        shared=shared,
    )


def _jaccard(a: Flags, b: Flags) -> float:
    either = int((a | b).sum())
    return float((a & b).sum()) / either if either else 1.0


def _figures(
    rows: pd.DataFrame, contacts: tuple[Contacts, Contacts], days: dict[str, Flags], params: EvaluateParams
) -> dict[str, Figure]:
    codes, months = subscriber_codes(rows), len(days)
    month = pd.factorize(rows["as_of"], sort=True)[0].astype(np.int64)
    more, swing = contacts[1].gain - contacts[0].gain, contacts[1].swing - contacts[0].swing
    both = PairedScores(
        {
            side: ScoredRows(_given(rows, side, codes, month, earned.gain), params, listing=True)
            for side, earned in zip(SIDES, contacts, strict=True)
        }
    )
    by_day = Tally(codes, month, months, more)

    def measure(sums: Sums) -> dict[str, Floats]:
        return _named(both.figures(sums[:-1])) | {f"profit {day}": sums[-1][:, at] for at, day in enumerate(days)}

    exact = _named(both.points()) | {f"profit {day}": float(more[at].sum()) for day, at in days.items()}
    figures = figures_with_intervals(measure, [*both.tallies, by_day], Resamples(codes, params), exact)
    width = float(norm.ppf(0.5 + params.interval / 2))
    figures["profit"] = _at_least(figures["profit"], width * error_of(rows, more, swing, codes) / months)
    for day, at in days.items():
        least = width * error_of(rows[at], more[at], swing[at], codes[at])
        figures[f"profit {day}"] = _at_least(figures[f"profit {day}"], least)
    return figures


def _given(rows: pd.DataFrame, side: str, codes: Integers, month: Integers, gain: Floats) -> FigureRows:
    """Return what the figures of one run are made of; its contacts at the prices of both."""
    score, expected = (rows[f"{name}{side}"].to_numpy(dtype=float) for name in ("churn_probability", "expected_gain"))
    value, listed = rows[f"remaining_value{side}"].fillna(0).to_numpy(dtype=float), rows[f"listed{side}"].to_numpy(bool)
    return FigureRows(codes, month, score, rows["churned_a"].to_numpy(dtype=float), value, listed, gain, expected)


def _named(by_side: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the figures of both runs, and by how much those of b are higher."""
    named = {f"{name}{side}": by_side[side][figure] for side in SIDES for name, figure in FIGURES.items()}
    return named | {name: named[f"{name}_b"] - named[f"{name}_a"] for name in FIGURES}


def _at_least(figure: Figure, half: float) -> Figure:
    """Return a figure whose interval reaches so far at least on both sides."""
    return Figure(figure.value, min(figure.low, figure.value - half), max(figure.high, figure.value + half))


def _calibration(rows: pd.DataFrame, params: EvaluateParams) -> pd.DataFrame:
    churned = rows["churned_a"].to_numpy(dtype=float)
    tables = [
        calibration_table(
            rows[f"churn_probability{side}"].to_numpy(dtype=float), churned, params.calibration_bins, params.interval
        ).assign(run=side[1:])
        for side in SIDES
    ]
    return pd.concat(tables, ignore_index=True)


def slice_differences(rows: pd.DataFrame, contacts: tuple[Contacts, Contacts], params: EvaluateParams) -> pd.DataFrame:
    """Return differences by slice, as the run ``a`` slices; slices with too few rows are left out.

    The ends are those of normal intervals over subscribers, made wider by Bonferroni, so that all of them hold at once
    in ``interval`` of cases: among forty slices some are worse by chance.
    """
    churned = rows["churned_a"].to_numpy(dtype=float)
    scores = [rows[f"churn_probability{side}"].to_numpy(dtype=float) for side in SIDES]
    longer = row_losses(scores[1], churned)[0] - row_losses(scores[0], churned)[0]
    more, swing = contacts[1].gain - contacts[0].gain, contacts[1].swing - contacts[0].swing
    codes, months = subscriber_codes(rows), rows["as_of"].nunique()
    parts = [
        (by, str(value), places)
        for by in SLICE_BY
        if rows[f"{by}_a"].notna().any()
        for value, places in rows.groupby(rows[f"{by}_a"].fillna(UNKNOWN)).indices.items()
        if len(places) >= params.minimum_slice_rows
    ]
    width = float(norm.ppf(1 - (1 - params.interval) / 2 / max(len(parts), 1)))
    lines: list[dict[str, Any]] = []
    for by, value, at in parts:
        error = error_of(rows.iloc[at], more[at], swing[at], codes[at])
        loss, loss_error = _mean(longer[at], codes[at])
        lines.append(
            {"slice_by": by, "slice": value, "rows": len(at), "churners": int(churned[at].sum())}
            | {
                f"profit{side}": float(earned.gain[at].sum()) / months
                for earned, side in zip(contacts, SIDES, strict=True)
            }
            | _ends("profit", float(more[at].sum()) / months, width * error / months)
            | _ends("log_loss", loss, width * loss_error)
        )
    return pd.DataFrame(lines, columns=SLICE_COLUMNS)


def _ends(name: str, value: float, half: float) -> dict[str, float]:
    return {name: value, f"{name}_low": value - half, f"{name}_high": value + half}


def _mean(values: Floats, codes: Integers) -> tuple[float, float]:
    """Return a mean over rows and its standard error, subscribers being independent."""
    mean = float(values.mean())
    off = pd.Series(values - mean).groupby(codes).sum().to_numpy(dtype=float)
    return mean, float(np.sqrt(np.sum(off**2))) / len(values)


SLICE_COLUMNS = [
    *("slice_by", "slice", "rows", "churners", "profit_a", "profit_b"),
    *("profit", "profit_low", "profit_high", "log_loss", "log_loss_low", "log_loss_high"),
]


def pair(a: pd.DataFrame, b: pd.DataFrame, params: EvaluateParams, same: CompareParams) -> Paired | str:
    """Return two runs on the rows of both, or why they cannot be compared."""
    rows, shared, why = same_rows(a, b, same.minimum_common_share)
    return why or compared(rows, shared, params.model_copy(update={"interval": same.interval}))
