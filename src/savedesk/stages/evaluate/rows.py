"""The rows that figures are made on: scored without having been trained on, and labelled since."""

from __future__ import annotations

from typing import Any

import ibis
import numpy as np
import pandas as pd

from savedesk.metrics.running_sums import Floats, Integers
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import attributes, cohort, decisions, features, scores, subscribers, truth, values
from savedesk.schemas.labels import CHURN_TYPES
from savedesk.schemas.model import TENURE

KEY = ["subscriber_id", "as_of"]
ECONOMICS = ["decision", "action", "offer_cost", "contact_cost", "save_rate", "take_up", "expected_gain"]
ENDS = ["churn_probability_low", "churn_probability_high"]
BY_TYPE = [f"probability_{name}" for name in CHURN_TYPES]
TRIED = [f"with_{name}" for name in truth.ACTIONS]
AGE_EDGES: list[float] = [0, 25, 35, 45, 55, 65, 200]
AGE_BANDS = ["under 25", "25-34", "35-44", "45-54", "55-64", "65 and over"]
TENURE_EDGES: list[float] = [0, 6, 12, 24, 60, np.inf]
TENURE_BANDS = ["under 6 months", "6-11 months", "12-23 months", "24-59 months", "60 months and over"]
GENDER = "gender"  # an attribute of that name is a slice, for fairness alone
UNKNOWN = "unknown"


def evaluation_rows(inputs: Inputs) -> pd.DataFrame:
    """Return one row per labelled, unseen (subscriber_id, as_of), ordered by that key.

    Unseen means out of time (role ``test``) or, in a snapshot, scored by the fold that did not train on it.
    The order is what breaks ties: rows of equal score stay in the order of their subscriber_id.
    """
    scored = inputs.table(scores.TABLE)
    scored = scored.filter((scored.role == "test") | scored.out_of_fold)
    scored = scored.select(*KEY, "churn_probability", *ENDS, *BY_TYPE)
    labelled = inputs.table(cohort.TABLE)
    labelled = labelled.filter(labelled.churned.notnull()).select(*KEY, "churned", "churn_type", "fold")
    joined = scored.inner_join(labelled, KEY)
    joined = _with(joined, inputs.table(values.TABLE).select(*KEY, "remaining_value", "margin", "tier"), KEY)
    joined = _with(joined, inputs.table(decisions.TABLE).select(*KEY, *ECONOMICS), KEY)
    joined = _with(joined, inputs.table(scores.BASELINES), KEY)
    joined = _with(joined, _true_chances(inputs), KEY)
    master = inputs.table(subscribers.TABLE)
    contactable = master.contact_allowed.fill_null(True) & ~master.blocklisted.fill_null(False)
    people = master.select("subscriber_id", "account_id", "segment", "region", "birth_year", contactable=contactable)
    joined = _with(joined, people, ["subscriber_id"])
    joined = _with(joined, _gender(inputs), ["subscriber_id"])
    joined = _with(joined, _tenure(inputs), KEY)
    ordered = joined.order_by(KEY).mutate(year=joined.as_of.year(), as_of=joined.as_of.cast("string"))
    return _plain(ordered.to_pandas())


def _with(left: Any, right: Any, key: list[str]) -> Any:
    joined = left.left_join(right, key)
    return joined.drop(*[f"{name}_right" for name in key if f"{name}_right" in joined.columns])


def _true_chances(inputs: Inputs) -> Any:
    table = inputs.table(truth.TABLE)
    return table.select(*KEY, *TRIED, "cause", true_probability=table.churn_probability)


def _gender(inputs: Inputs) -> Any:
    table = inputs.table(attributes.TABLE)
    gender = table[GENDER].cast("string") if GENDER in table.columns else ibis.null("string")
    return table.select("subscriber_id", **{GENDER: gender})


def _tenure(inputs: Inputs) -> Any:
    table = inputs.table(features.TABLE)
    months = table[TENURE].cast("float64") if TENURE in table.columns else ibis.null("float64")
    return table.select(*KEY, **{TENURE: months})


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the columns that figures are computed from numpy's types, and add the bands."""
    numbers = ["churn_probability", *ENDS, "remaining_value", "margin", "true_probability", "birth_year", TENURE]
    numbers += [*BY_TYPE, *TRIED, *ECONOMICS[2:], *scores.BASELINE_NAMES]
    frame = frame.assign(
        **{name: frame[name].astype("float64") for name in numbers}, churned=frame["churned"].astype(bool)
    )
    age = frame["year"].astype("float64") - frame["birth_year"]
    return frame.assign(
        age_band=_band(age, AGE_EDGES, AGE_BANDS), tenure_band=_band(frame[TENURE], TENURE_EDGES, TENURE_BANDS)
    )


def _band(values: pd.Series, edges: list[float], names: list[str]) -> pd.Series:
    bands = pd.cut(values.clip(lower=0), edges, right=False, labels=names)
    return bands.astype(object).where(bands.notna(), None)


def subscriber_codes(frame: pd.DataFrame) -> Integers:
    """Return a number from 0 per row that is equal for the rows of one subscriber."""
    return pd.factorize(frame["subscriber_id"])[0].astype(np.int64)


def baselines_of(frame: pd.DataFrame) -> dict[str, Floats]:
    """Return the probabilities of each baseline, by its name in words; one that was left out is not there."""
    return {
        name.replace("_", " "): frame[name].to_numpy(dtype=float)
        for name in scores.BASELINE_NAMES
        if frame[name].notna().all()
    }


def baselines_left_out(frame: pd.DataFrame) -> list[str]:
    """Return the names in words of the baselines that were left out."""
    there = baselines_of(frame)
    return [words for name in scores.BASELINE_NAMES if (words := name.replace("_", " ")) not in there]
