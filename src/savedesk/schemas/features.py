"""Features: one row per subscriber and as_of, and the dictionary that says what each column means."""

from savedesk.schemas.table import Column, File, Table

TABLE = Table(
    name="features",
    stage="features",
    grain="subscriber x as_of",
    key=("subscriber_id", "as_of"),
    columns=(
        Column("subscriber_id", "string", "the line or service"),
        Column("as_of", "date", "day of the decision"),
    ),
    open_columns=True,
    partition_by="as_of",
)

PARTITIONS = Table(
    name="feature_partitions",
    stage="features",
    grain="as_of",
    key=("as_of",),
    columns=(
        Column("as_of", "date", "day of the decision"),
        Column("digest", "string", "hash of all that the partition follows from; equal digests, equal partitions"),
    ),
)

DICTIONARY = Table(
    name="feature_dictionary",
    stage="features",
    grain="feature",
    key=("name",),
    columns=(
        Column("name", "string", "column of features"),
        Column("family", "string", "feature family"),
        Column("dtype", "string", "type", allowed=("string", "float64")),
        Column("unit", "string", "unit; absent where the value is a name", nullable=True),
        Column("window", "string", "the time it looks back over"),
        Column("meaning", "string", "what a value says"),
        Column("empty", "float64", "value when there is no data; absent: left missing", nullable=True),
        Column("direction", "int64", "1 risk rises with it, -1 falls, 0 unknown", low=-1, high=1),
        Column("reason", "string", "reason that it speaks for; absent if nobody can act on it", nullable=True),
        Column("speaks_from", "float64", "smallest value of which the sentence makes sense", nullable=True),
        Column("speaks_to", "float64", "largest value of which the sentence makes sense", nullable=True),
        Column("fitted_from", "string", "feature it is fitted from, in training; absent: computed", nullable=True),
        Column(
            "sentence_en",
            "string",
            "what an agent reads; {value} stands for the value, [ ] around what may be unknown",
            nullable=True,
        ),
        Column("sentence_zh", "string", "the same in Chinese", nullable=True),
    ),
)

STATISTICS = Table(
    name="feature_statistics",
    stage="train",
    grain="feature x band",
    key=("name", "band"),
    columns=(
        Column("name", "string", "feature"),
        Column(
            "band", "int64", "0: missing, or none of the names; 1 is the lowest decile, or the commonest name", low=0
        ),
        Column("up_to", "string", "upper end of the decile, or the name", nullable=True),
        Column("share", "float64", "share of the training rows", low=0, high=1),
        Column("churn_rate", "float64", "share of them that left", nullable=True, low=0, high=1),
    ),
)

SELECTION = Table(
    name="feature_selection",
    stage="train",
    grain="feature",
    key=("name",),
    columns=(
        Column("name", "string", "feature"),
        Column("used", "boolean", "whether the churn probability follows from it; the types may all the same"),
        Column(
            "loss_rise",
            "float64",
            "rise of the log loss out of fold when its values are permuted; absent: not tried",
            nullable=True,
        ),
        Column("standard_error", "float64", "of the rise, over the folds", nullable=True, low=0),
        Column("why", "string", "why it is used or not"),
    ),
)

PAGE = File("feature_dictionary_page", "train", "data/train/feature_dictionary.md", "the dictionary as Markdown")
