"""The stored model: LightGBM text and JSON, never pickle, and what training leaves beside it."""

from dataclasses import replace

from savedesk.schemas import scores
from savedesk.schemas.scores import MONTHS, SURVIVAL_COLUMNS
from savedesk.schemas.table import Column, File, Table

NO_BOOSTER = "no booster\n"  # the text in the place of one; DVC warns of an empty file at every stage

BOOSTER = File("booster", "train", "models/trained/churn.txt", "LightGBM text of P(churn) before calibration")
TYPES = File(
    "types_booster",
    "train",
    "models/trained/types.txt",
    "LightGBM text of P(type | churn), or that there is none: shares only",
)
SURVIVAL = File(
    "survival_booster",
    "train",
    "models/trained/survival.txt",
    "LightGBM text of the hazard by month from the outcome window's start, or that there is none: constant hazards",
)
SCHEMA = File(
    "model_schema",
    "train",
    "models/trained/model.json",
    "version, source, columns with types and categories, members, additive part, calibrator, interval, training "
    "window, types, survival",
)
BASELINES = File(
    "baselines",
    "train",
    "models/trained/baselines.json",
    "simple models to compare with: curves of one feature, the logistic regression, and why one was left out",
)
BASELINE_BOOSTER = File(
    "baseline_booster",
    "train",
    "models/trained/default_lightgbm.txt",
    "LightGBM text of the baseline that has LightGBM's own defaults",
)

OUT_OF_FOLD = Table(
    name="out_of_fold",
    stage="train",
    grain="subscriber x as_of",
    key=("subscriber_id", "as_of"),
    columns=(
        Column("subscriber_id", "string", "the line or service"),
        Column("as_of", "date", "day of the decision"),
        Column("fold", "int64", "validation fold", low=1),
        Column("churned", "boolean", "left in the outcome window"),
        Column("raw_score", "float64", "log-odds of the model that never saw this row"),
        Column("churn_probability", "float64", "calibrated on the other folds", low=0, high=1),
    ),
)

BASELINES_OUT_OF_FOLD = replace(
    scores.BASELINES,
    name="baselines_out_of_fold",
    stage="train",
    grain="subscriber x as_of (a snapshot: rows of its folds; a dated source: none)",
)

TRIALS = Table(
    name="trials",
    stage="train",
    grain="trial x fold",
    key=("trial", "fold"),
    columns=(
        Column("trial", "string", "recipe tried: of params.yaml, tuned, or the logistic regression"),
        Column("fold", "int64", "validation fold", low=1),
        Column("train_rows", "int64", "rows trained on", unit="rows", low=1),
        Column("validation_rows", "int64", "rows validated on", unit="rows", low=1),
        Column("rounds", "int64", "boosting rounds", low=1),
        Column("log_loss", "float64", "before calibration; lower is better", low=0),
        Column("auc", "float64", "ranking, 0.5 is chance", nullable=True, low=0, high=1),
        Column("weight", "float64", "of its log-odds in the model; 0: left out", low=0),
        Column("settings", "string", "of the recipe, as JSON by LightGBM's own names"),
    ),
)

TENURE = "months_since_activation"  # the feature whose bands have the Kaplan-Meier curves
TENURE_COLUMNS = tuple(f"tenure_survival_{month}" for month in MONTHS)

HELD_OUT_SURVIVAL = Table(
    name="held_out_survival",
    stage="train",
    grain="subscriber x as_of of subscribers whom the judged model never saw",
    key=("subscriber_id", "as_of"),
    columns=(
        Column("subscriber_id", "string", "the line or service"),
        Column("as_of", "date", "day of the decision"),
        Column("followed_months", "int64", "months of 30 days followed from outcome_start", unit="months", low=1),
        Column("exit_month", "int64", "month of the exit; absent: none was seen", unit="months", nullable=True, low=1),
        *(
            Column(name, "float64", f"P(still there after {month} months), by the hazard model", low=0, high=1)
            for month, name in zip(MONTHS, SURVIVAL_COLUMNS, strict=True)
        ),
        *(
            Column(
                name,
                "float64",
                f"share still there after {month} months in the band of tenure, or of all where it is unknown",
                low=0,
                high=1,
            )
            for month, name in zip(MONTHS, TENURE_COLUMNS, strict=True)
        ),
    ),
)

CHAMPION = File(
    "champion",
    "promote",
    "models/champion",
    "folder of the model in use: the files of a trained model by their own names; without them there is none",
)
