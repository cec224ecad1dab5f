"""Cohort: who is scored at each as_of and what became of them."""

from savedesk.schemas.labels import CHURN_TYPES
from savedesk.schemas.table import Column, Table

ROLES = ("train", "embargo", "test", "score")

TABLE = Table(
    name="cohort",
    stage="cohort",
    grain="subscriber x as_of",
    key=("subscriber_id", "as_of"),
    columns=(
        Column("subscriber_id", "string", "the line or service"),
        Column("as_of", "date", "day of the decision"),
        Column(
            "role",
            "string",
            "train; embargo (never used: overlaps the test, or not ripe); test (out of time); score (no label yet)",
            allowed=ROLES,
        ),
        Column("fold", "int64", "validation fold; absent: never validated on", nullable=True, low=1),
        Column("outcome_start", "date", "first day of the outcome window", may_be_future=True),
        Column("outcome_end", "date", "first day after the outcome window", may_be_future=True),
        Column("churned", "boolean", "left in the outcome window", nullable=True),
        Column("churn_type", "string", "how they left", nullable=True, allowed=CHURN_TYPES),
        Column("churned_on", "date", "day on which they left: the first of the three below", nullable=True),
        Column("cancelled_on", "date", "first cancellation or port-out in the outcome window", nullable=True),
        Column("arrears_on", "date", "first suspension for arrears that lasted, in the outcome window", nullable=True),
        Column("dormant_on", "date", "first day of dormancy in the outcome window", nullable=True),
        Column(
            "label_known_on",
            "date",
            "first day on which the label could be known",
            nullable=True,
            may_be_future=True,
        ),
        Column(
            "exit_on",
            "date",
            "first exit from outcome_start to before followed_until, however long after the outcome window",
            nullable=True,
        ),
        Column(
            "followed_until",
            "date",
            "first day on which an exit was not known to whoever may learn from the row (train) or test on it (test); "
            "absent: not followed",
            nullable=True,
        ),
    ),
)

WINDOWS = Table(
    name="windows",
    stage="cohort",
    grain="as_of",
    key=("as_of",),
    columns=(
        Column("as_of", "date", "day of the decision"),
        Column("role", "string", "as in cohort; train for a snapshot with labels", allowed=ROLES),
        Column("fold", "int64", "validation fold; absent: none, or the many of a snapshot", nullable=True, low=1),
        Column("observation_start", "date", "first day that features look back to"),
        Column("outcome_start", "date", "first day of the outcome window", may_be_future=True),
        Column("outcome_end", "date", "first day after the outcome window", may_be_future=True),
        Column("label_known_on", "date", "first day on which labels could be known", nullable=True, may_be_future=True),
        Column("rows", "int64", "subscribers in the cohort", unit="rows", low=0),
        Column(
            "churners",
            "int64",
            "of them, those known to have left in the outcome window; absent: there are no labels yet",
            unit="rows",
            nullable=True,
            low=0,
        ),
    ),
)
