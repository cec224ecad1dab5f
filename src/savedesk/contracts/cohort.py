"""Cohort: who is scored at each as_of and what became of them."""

from savedesk.contracts.labels import CHURN_TYPES
from savedesk.contracts.table import Column, Table

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
            "train; embargo (label overlaps the test folds, never used); test (out of time); score (no label yet)",
            allowed=ROLES,
        ),
        Column("fold", "int64", "validation fold; absent: never validated on", nullable=True, low=1),
        Column("outcome_start", "date", "first day of the outcome window", may_be_future=True),
        Column("outcome_end", "date", "first day after the outcome window", may_be_future=True),
        Column("churned", "boolean", "left in the outcome window", nullable=True),
        Column("churn_type", "string", "how they left", nullable=True, allowed=CHURN_TYPES),
        Column("churned_on", "date", "day on which they left", nullable=True),
        Column(
            "label_known_on",
            "date",
            "first day on which the label could be known",
            nullable=True,
            may_be_future=True,
        ),
    ),
)
