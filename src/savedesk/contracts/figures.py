"""Figures: what evaluate measures; report and track only show it."""

from savedesk.contracts.table import Column, File, Table

METRICS = Table(
    name="figures",
    stage="evaluate",
    grain="model x slice x metric",
    key=("model", "slice_by", "slice", "metric"),
    columns=(
        Column("model", "string", "savedesk, or the baseline's name"),
        Column("slice_by", "string", "all, as_of, tier, segment, region, age_band, fold or (simulated) cause"),
        Column("slice", "string", "value of it; all"),
        Column("metric", "string", "name, as documented in docs/metrics.md"),
        Column("value", "float64", "figure; absent where the slice has one class only", nullable=True),
        Column("low", "float64", "lower end of the 90 % interval", nullable=True),
        Column("high", "float64", "upper end of the 90 % interval", nullable=True),
        Column("rows", "int64", "labelled rows behind it", unit="rows", low=0),
        Column("churners", "int64", "churners among them", unit="rows", low=0),
    ),
)

CALIBRATION = Table(
    name="calibration",
    stage="evaluate",
    grain="bin of predicted probability",
    key=("bin",),
    columns=(
        Column("bin", "int64", "1 is the lowest", low=1),
        Column("predicted", "float64", "mean churn probability", low=0, high=1),
        Column("observed", "float64", "churn rate", low=0, high=1),
        Column("low", "float64", "lower end of its 90 % interval (Wilson)", low=0, high=1),
        Column("high", "float64", "upper end", low=0, high=1),
        Column("rows", "int64", "rows", unit="rows", low=1),
    ),
)

GAINS = Table(
    name="gains",
    stage="evaluate",
    grain="model x share contacted",
    key=("model", "share"),
    columns=(
        Column("model", "string", "savedesk, or the baseline's name"),
        Column("share", "float64", "share of subscribers contacted, riskiest first", low=0, high=1),
        Column("churn_caught", "float64", "share of all churners among them", low=0, high=1),
        Column("value_caught", "float64", "share of all churned value among them", nullable=True),
        Column("lift", "float64", "their churn rate / overall churn rate", low=0),
    ),
)

PROFIT = Table(
    name="profit",
    stage="evaluate",
    grain="ranking x contacts",
    key=("ranking", "contacts"),
    columns=(
        Column("ranking", "string", "policy (expected gain), probability, value or random"),
        Column("contacts", "int64", "subscribers contacted", unit="subscribers", low=0),
        Column("realised_gain", "float64", "sum of realised gain, mean over test as_of dates", unit="money"),
    ),
)

PLOTS = File("plots", "evaluate", "data/evaluate/plots", "folder of SVG charts, one a file")
