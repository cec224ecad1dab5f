"""Usage: one row per subscriber and month."""

from savedesk.schemas.table import LARGEST, Column, Identity, Table, subscriber_column

MEASURES = (
    Column("voice_min", "float64", "outgoing voice", unit="min", nullable=True, low=0, high=LARGEST),
    Column(
        "offnet_min",
        "float64",
        "outgoing voice to competitors' networks",
        unit="min",
        nullable=True,
        low=0,
        high=LARGEST,
    ),
    Column("calls", "float64", "outgoing calls", unit="calls", nullable=True, low=0, high=LARGEST),
    Column("sms", "float64", "outgoing messages", unit="messages", nullable=True, low=0, high=LARGEST),
    Column("data_mb", "float64", "mobile data", unit="MB", nullable=True, low=0, high=LARGEST),
    Column("broadband_gb", "float64", "fixed data", unit="GB", nullable=True, low=0, high=LARGEST),
    Column("roaming_min", "float64", "voice abroad", unit="min", nullable=True, low=0, high=LARGEST),
    Column("active_days", "float64", "days with any use", unit="days", nullable=True, low=0, high=31),
    Column("distinct_called", "float64", "distinct numbers called", unit="numbers", nullable=True, low=0, high=LARGEST),
    Column(
        "dropped_calls", "float64", "calls that broke off or failed", unit="calls", nullable=True, low=0, high=LARGEST
    ),
)

TABLE = Table(
    name="usage",
    stage="ingest",
    grain="subscriber x month",
    lost="those months are unknown: neither silence nor use",
    key=("subscriber_id", "month"),
    columns=(
        subscriber_column(),
        Column("month", "date", "first day of the month of use"),
        *MEASURES,
        Column(
            "known_on",
            "date",
            "day on which the month was complete; default: its last day",
            default_from="month",
        ),
    ),
    identities=(
        Identity("known_before", "known_on must not lie before the month began", lambda t: t.known_on >= t.month),
        Identity("month_start", "month is the first day of a month", lambda t: t.month.day() == 1),
        Identity("offnet_within_voice", "offnet_min <= voice_min", lambda t: t.offnet_min <= t.voice_min + 1e-6),
    ),
)
