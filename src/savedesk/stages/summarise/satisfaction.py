"""How content subscribers are with each process, and how much that matters: importance-performance analysis.

A process is drawn at its mean score and its weight; the means of both cut the plane into four quadrants (Martilla and
James 1977). The weight is not asked for: it is what a point of the score does to churn.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import ibis
import numpy as np
import pandas as pd

from savedesk.params.summarise import SummariseParams
from savedesk.schemas.complaints import CATEGORIES
from savedesk.schemas.summaries import COUNTRY
from savedesk.stages.summarise.groups import at_home, everywhere, total, z_of
from savedesk.stages.summarise.importance import Answered, importance

KEYS = ["subscriber_id", "as_of"]
CELL = ["region", "segment", "process"]
PERIOD = ["region", "segment", "period_end"]
CONTROLS = ("months_since_activation", "out_of_contract", "bill_3m", "voice_min_3m", "data_mb_3m")
DAYS_A_MONTH = 365.25 / 12


def satisfaction(
    surveys: Any, cohort: Any, features: Any, master: Any, newest: dt.date, p: SummariseParams
) -> pd.DataFrame:
    """Return the table ``satisfaction``, of answers that were known before the newest as_of.

    Args:
        surveys: contract ``surveys``.
        cohort: contract ``cohort``.
        features: contract ``features``.
        master: contract ``subscribers``.
        newest: the newest as_of, a date.
        p: section ``summarise``.
    """
    performance = _performance(surveys, master, newest, p)
    if performance.empty:
        return performance
    weights = importance(_answered(surveys, cohort, features, master, p), p)
    rows = performance.merge(weights, on=CELL, how="left")
    rows["performance_line"] = rows.groupby(PERIOD)["performance"].transform("mean")
    rows["importance_line"] = rows.groupby(PERIOD)["importance"].transform("mean")
    return rows.assign(quadrant=quadrants(rows))


def quadrants(rows: pd.DataFrame) -> pd.Series:
    """Return the quadrant of each process; absent where its importance cannot be told."""
    good, matters = rows["performance"] >= rows["performance_line"], rows["importance"] >= rows["importance_line"]
    named = np.select(
        [good & matters, ~good & matters, good & ~matters],
        ["keep_up", "fix_now", "relative_advantage"],
        "potential_loss",
    )
    quadrant: pd.Series = pd.Series(named, index=rows.index, dtype=object).where(rows["importance"].notna())
    return quadrant


def _asked(surveys: Any) -> Any:
    return surveys.filter(surveys.process.isin(CATEGORIES))


def _performance(surveys: Any, master: Any, newest: dt.date, p: SummariseParams) -> pd.DataFrame:
    """Return the mean score of each cell and period with its interval, and the lead over the period before.

    The spread of single answers is that of all answers about the process: few answers alone would belittle it.
    """
    day = ibis.date(newest.year, newest.month, newest.day)
    rows = _asked(surveys)
    rows = rows.filter((rows.known_on < day) & (rows.surveyed_on < day))
    months = (newest.year - rows.surveyed_on.year()) * 12 + newest.month - rows.surveyed_on.month() - 1
    rows = at_home(rows.mutate(period=(months.clip(lower=0) / p.survey_months).floor().cast("int64")), master)
    spread = everywhere(rows)
    both = spread.filter(spread.segment.notnull()).union(spread.mutate(segment=ibis.literal(COUNTRY)))
    cells = both.group_by([*CELL, "period"]).aggregate(
        answers=both.count(), points=total(both.score), squares=total(both.score * both.score)
    )
    frame: pd.DataFrame = cells.order_by([*CELL, "period"]).to_pandas()
    if frame.empty:
        return frame
    frame["performance"] = frame["points"] / frame["answers"]
    whole = frame[(frame["region"] == COUNTRY) & (frame["segment"] == COUNTRY)]
    sums = whole.groupby("process")[["answers", "points", "squares"]].sum()
    sd = np.sqrt((sums["squares"] / sums["answers"] - (sums["points"] / sums["answers"]) ** 2).clip(lower=0))
    half = z_of(p.interval) * frame["process"].map(sd) / np.sqrt(frame["answers"])
    before = frame[[*CELL, "period", "performance"]].assign(period=frame["period"] - 1)
    frame = frame.merge(before, on=[*CELL, "period"], how="left", suffixes=("", "_before"))
    start = pd.Timestamp(newest)
    ends = {
        back: (start - pd.DateOffset(months=back * p.survey_months)).date()
        for back in frame["period"].unique().tolist()
    }
    frame = frame.assign(
        performance_low=frame["performance"] - half,
        performance_high=frame["performance"] + half,
        lead=frame["performance"] - frame["performance_before"],
        period_end=frame["period"].map(ends),
    )
    shown: pd.DataFrame = frame[frame["period"] < p.survey_periods]
    return shown.drop(columns=["period", "points", "squares"])


def _answered(surveys: Any, cohort: Any, features: Any, master: Any, p: SummariseParams) -> Answered:
    """Return the newest answer about each process before each labelled as_of, with what became of the subscriber."""
    there = [name for name in CONTROLS if name in features.columns]
    labelled = cohort.filter(cohort.churned.notnull()).select(*KEYS, "churned")
    asked = _asked(surveys).select("subscriber_id", "surveyed_on", "known_on", "process", "score")
    same = [labelled.subscriber_id == asked.subscriber_id, asked.known_on < labelled.as_of]
    rows = labelled.inner_join(asked, same, rname="{name}_asked")
    rows = rows.filter(rows.as_of.delta(rows.surveyed_on, unit="day") <= p.answer_months * DAYS_A_MONTH)
    latest = ibis.window(group_by=[*KEYS, "process"], order_by=[ibis.desc("surveyed_on")])
    rows = rows.mutate(place=ibis.row_number().over(latest))
    rows = rows.filter(rows.place == 0).select(*KEYS, "churned", "process", "score")
    rows = at_home(rows.inner_join(features.select(*KEYS, *there), KEYS), master)
    return Answered(rows.order_by([*KEYS, "process"]).to_pandas(), there)
