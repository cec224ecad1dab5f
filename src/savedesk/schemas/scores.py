"""Scores: churn probability, its types and its timing."""

import itertools

import ibis

from savedesk.schemas.cohort import ROLES
from savedesk.schemas.table import Column, Identity, Table

TOLERANCE = 1e-9
MONTHS = range(1, 13)  # of 30 days, from the outcome window's start
SURVIVAL_COLUMNS = tuple(f"survival_{month}" for month in MONTHS)
# Simple models to compare with. A figure names them without the underscore.
BASELINE_NAMES = ("tenure_only", "last_usage_drop", "complaint_count", "logistic_regression", "default_lightgbm")

TABLE = Table(
    name="scores",
    stage="score",
    grain="subscriber x as_of (test and newest as_of dates; a snapshot: all)",
    key=("subscriber_id", "as_of"),
    columns=(
        Column("subscriber_id", "string", "the line or service"),
        Column("as_of", "date", "day of the decision"),
        Column("role", "string", "as in cohort", allowed=ROLES),
        Column("churn_probability", "float64", "calibrated P(churn in the outcome window)", low=0, high=1),
        Column(
            "churn_probability_low",
            "float64",
            "lower end of the interval of the churn rate of like subscribers in another month; absent: unknown",
            nullable=True,
            low=0,
            high=1,
        ),
        Column("churn_probability_high", "float64", "upper end of it", nullable=True, low=0, high=1),
        Column("probability_cancelled", "float64", "part of it that is cancellation or port-out", low=0, high=1),
        Column("probability_arrears", "float64", "part of it that is suspension for arrears", low=0, high=1),
        Column("probability_dormant", "float64", "part of it that is dormancy", low=0, high=1),
        Column("churn_type", "string", "the likeliest type", allowed=("cancelled", "arrears", "dormant")),
        Column(
            "monthly_hazard",
            "float64",
            "P(churn in 30 days) if the hazard is constant over the window",
            low=0,
            high=1,
        ),
        Column(
            "expected_days_to_churn",
            "float64",
            "days from as_of to the exit, given one in the window",
            unit="days",
            low=0,
        ),
        Column(
            "expected_months",
            "float64",
            "expected months until the exit, of the next 12 from the outcome window's start",
            unit="months",
            low=0,
            high=12,
        ),
        Column(
            "median_months",
            "float64",
            "months after which half of such subscribers have left; absent: more than 12",
            unit="months",
            nullable=True,
            low=0,
            high=12,
        ),
        *(
            Column(
                name,
                "float64",
                f"P(still there {month} x 30 days after outcome_start)",
                low=0,
                high=1,
            )
            for month, name in enumerate(SURVIVAL_COLUMNS, start=1)
        ),
        Column("out_of_fold", "boolean", "scored by a fold's model, since the final one has seen the row"),
        Column("model_version", "string", "hash of the model files"),
        Column("data_hash", "string", "hash of the row's features that the model reads"),
    ),
    identities=(
        Identity(
            "types_add_up",
            "the types' probabilities add up to the churn probability",
            lambda t: (
                (t.probability_cancelled + t.probability_arrears + t.probability_dormant - t.churn_probability).abs()
                <= TOLERANCE
            ),
        ),
        Identity(
            "curve_never_rises",
            "the survival curve never rises from month to month",
            lambda t: ibis.and_(*(t[after] <= t[before] for before, after in itertools.pairwise(SURVIVAL_COLUMNS))),
        ),
    ),
)

BASELINES = Table(
    name="baseline_scores",
    stage="score",
    grain="subscriber x as_of (test as_of dates; a snapshot: rows of its folds)",
    key=("subscriber_id", "as_of"),
    columns=(
        Column("subscriber_id", "string", "the line or service"),
        Column("as_of", "date", "day of the decision"),
        *(
            Column(
                name,
                "float64",
                f"P(churn in the outcome window) by {name.replace('_', ' ')}; absent: left out",
                nullable=True,
                low=0,
                high=1,
            )
            for name in BASELINE_NAMES
        ),
    ),
)

UNSEEN = Table(
    name="unseen",
    stage="score",
    grain="string feature",
    key=("feature",),
    columns=(
        Column("feature", "string", "feature whose values are names"),
        Column("rows", "int64", "scored rows with a name that the model has no category for", unit="rows", low=0),
        Column("share", "float64", "share of the scored rows", low=0, high=1),
        Column(
            "share_in_training",
            "float64",
            "share of the training rows with a name too rare for a category; what exceeds it is new",
            low=0,
            high=1,
        ),
        Column(
            "commonest",
            "string",
            "the most frequent of these names with their rows; absent: none is on enough rows to be told",
            nullable=True,
        ),
    ),
)
