"""Figures: what evaluate measures; report and track only show it."""

from savedesk.schemas.labels import CHURN_TYPES
from savedesk.schemas.table import Column, File, Table
from savedesk.schemas.values import TIERS

METRICS = Table(
    name="figures",
    stage="evaluate",
    grain="model x slice x metric",
    key=("model", "slice_by", "slice", "metric"),
    columns=(
        Column("model", "string", "savedesk, or the baseline's name"),
        Column(
            "slice_by",
            "string",
            "all, as_of, tier, segment, region, age_band, tenure_band, gender, fold, churn_type or cause",
        ),
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

SURVIVAL = Table(
    name="survival",
    stage="evaluate",
    grain="sample of followed subscribers x month of 30 days from the outcome window's start",
    key=("sample", "month"),
    columns=(
        Column("sample", "string", "test (out of time) or held_out (subscribers whom the judged model never saw)"),
        Column("month", "int64", "months from the outcome window's start", unit="months", low=1, high=12),
        Column("rows", "int64", "rows followed through the month", unit="rows", low=1),
        Column("exits", "int64", "of them, gone by its end", unit="rows", low=0),
        Column("observed", "float64", "share gone by its end", low=0, high=1),
        Column("predicted", "float64", "share gone by its end, as the survival curves say", low=0, high=1),
        Column("predicted_tenure", "float64", "the same by Kaplan-Meier curves of bands of tenure", low=0, high=1),
        Column("brier", "float64", "mean squared error of the chance to be gone by its end", low=0, high=1),
        Column("brier_tenure", "float64", "the same by Kaplan-Meier", low=0, high=1),
        Column("auc", "float64", "ranking of those gone by its end before the others", nullable=True, low=0, high=1),
        Column("auc_tenure", "float64", "the same by Kaplan-Meier", nullable=True, low=0, high=1),
    ),
)

CONFUSION = Table(
    name="confusion",
    stage="evaluate",
    grain="way of leaving x likeliest way, of those who left",
    key=("churn_type", "likeliest"),
    columns=(
        Column("churn_type", "string", "how they left", allowed=CHURN_TYPES),
        Column("likeliest", "string", "the type with the highest probability", allowed=CHURN_TYPES),
        Column("rows", "int64", "churners", unit="rows", low=0),
    ),
)

DRIFT = Table(
    name="drift",
    stage="evaluate",
    grain="score or feature x as_of",
    key=("name", "as_of"),
    columns=(
        Column("name", "string", "churn_probability, or the feature"),
        Column("as_of", "date", "day of the decision"),
        Column("against", "string", "what it is compared with: the as_of before it, or training"),
        Column("psi", "float64", "population stability index over ten bins; 0 is no change", low=0),
        Column("rows", "int64", "rows of that as_of, a sample at most", unit="rows", low=1),
    ),
)

FAIRNESS = Table(
    name="fairness",
    stage="evaluate",
    grain="way of grouping subscribers x figure",
    key=("slice_by", "metric"),
    columns=(
        Column("slice_by", "string", "age_band, gender or region"),
        Column("metric", "string", "contact_rate, false_negative_rate or calibration_gap"),
        Column("all_rows", "float64", "the figure of all rows"),
        Column("lowest_slice", "string", "group with the lowest figure"),
        Column("lowest", "float64", "its figure"),
        Column("highest_slice", "string", "group with the highest figure"),
        Column("highest", "float64", "its figure"),
        Column("slices", "int64", "groups that are large enough to be judged", low=2),
        Column("slices_off", "int64", "of them, those whose interval does not hold the figure of all rows", low=0),
        Column("slices_off_by_chance", "float64", "so many would be off if all were treated alike", low=0),
    ),
)

ROWS = Table(
    name="rows",
    stage="evaluate",
    grain="subscriber x as_of that figures are made on: labelled, and scored without having been trained on",
    key=("subscriber_id", "as_of"),
    columns=(
        Column("subscriber_id", "string", "the line or service"),
        Column("as_of", "date", "day of the decision"),
        Column("fold", "int64", "validation fold that scored the row (snapshot); absent: out of time", nullable=True),
        Column("tier", "string", "key, core or small", nullable=True, allowed=TIERS),
        Column("segment", "string", "market segment", nullable=True),
        Column("region", "string", "province or sales region", nullable=True),
        Column("age_band", "string", "years of age at as_of", nullable=True),
        Column("tenure_band", "string", "months since activation at as_of", nullable=True),
        Column("gender", "string", "attribute of that name, where the source has it", nullable=True),
        Column("churn_probability", "float64", "P(churn in the outcome window)", low=0, high=1),
        Column("churned", "boolean", "left in the outcome window"),
        Column("churn_type", "string", "how they left", nullable=True, allowed=CHURN_TYPES),
        Column("remaining_value", "float64", "expected discounted margin if they stay", unit="money", nullable=True),
        Column("listed", "boolean", "on the list of that as_of: contacted within the policy's hours and budget"),
        Column("action", "string", "the action that the policy likes best; absent: none is open", nullable=True),
        Column("offer_cost", "float64", "cost of its incentive", unit="money", nullable=True, low=0),
        Column("contact_cost", "float64", "cost of its contact", unit="money", nullable=True, low=0),
        Column("save_rate", "float64", "P(a would-be churner stays because of it)", nullable=True, low=-1, high=1),
        Column("take_up", "float64", "share of stayers who take the incentive anyway", nullable=True, low=0, high=1),
        Column(
            "expected_gain", "float64", "what its contact should be worth, net of cost", unit="money", nullable=True
        ),
        Column("touched", "boolean", "left in a way that the action touches: whom it could have saved"),
        Column(
            "realised_gain",
            "float64",
            "touched r (V - d) - (1 - touched) u d - c: the expected gain with the outcome in the place of the chance",
            unit="money",
            nullable=True,
        ),
    ),
)

PLOTS = File("plots", "evaluate", "data/evaluate/plots", "folder of SVG charts, one a file")

CONTACT_EFFECTS = Table(
    name="contact_effects",
    stage="evaluate",
    grain="contact whose true effect is known; none but where a simulator made the source",
    key=("contact_id",),
    columns=(
        Column("contact_id", "string", "contact"),
        Column(
            "true_change",
            "float64",
            "P(churn in the outcome window) without a contact less that with it tried, at the month's as_of",
            low=-1,
            high=1,
        ),
    ),
)
