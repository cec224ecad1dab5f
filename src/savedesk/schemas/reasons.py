"""Reasons: why each candidate is at risk, in the subscriber's own numbers."""

from dataclasses import replace

from savedesk.schemas.table import Column, Table

CODES = (
    "price",
    "bill_shock",
    "billing",
    "arrears",
    "complaint",
    "network",
    "usage_drop",
    "dormancy",
    "contract_end",
    "new_subscriber",
    "competition",
    "account_leaving",
    "service",
)
NO_REASON = "none"

TABLE = Table(
    name="reasons",
    stage="explain",
    grain="subscriber x as_of x position",
    key=("subscriber_id", "as_of", "position"),
    columns=(
        Column("subscriber_id", "string", "the line or service"),
        Column("as_of", "date", "day of the decision"),
        Column("position", "int64", "1 is the strongest", low=1, high=3),
        Column("reason", "string", "reason code; none: no reason that somebody can act on"),
        Column("contribution", "float64", "TreeSHAP, summed over the reason's features", unit="log-odds"),
        Column("feature", "string", "the feature that says most of it", nullable=True),
        Column("text", "string", "the reason in the run's language"),
    ),
)

CANDIDATES = Table(
    name="candidates",
    stage="explain",
    grain="subscriber x as_of",
    key=("subscriber_id", "as_of"),
    columns=(
        Column("subscriber_id", "string", "the line or service"),
        Column("as_of", "date", "day of the decision"),
        Column("base_score", "float64", "the model's average, where contributions start", unit="log-odds"),
        Column("raw_score", "float64", "base_score plus all contributions", unit="log-odds"),
    ),
)

CONTACTS = replace(TABLE, name="contact_reasons", grain="subscriber x as_of of a past randomised contact x position")

CONTACT_SCORES = Table(
    name="contact_scores",
    stage="explain",
    grain="subscriber x as_of of a past randomised contact whose outcome is known",
    key=("subscriber_id", "as_of"),
    columns=(
        Column("subscriber_id", "string", "the line or service"),
        Column("as_of", "date", "first day of the month of the contact"),
        Column(
            "churn_probability",
            "float64",
            "calibrated P(churn in the outcome window) by the final model, which may have learnt from the row: a "
            "weight for comparing two randomised arms, never evidence of its quality",
            low=0,
            high=1,
        ),
        Column("probability_cancelled", "float64", "part of it that is cancellation or port-out", low=0, high=1),
        Column("probability_arrears", "float64", "part of it that is suspension for arrears", low=0, high=1),
        Column("probability_dormant", "float64", "part of it that is dormancy", low=0, high=1),
    ),
)
