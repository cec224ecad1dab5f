"""Market: what competitors do, per region and month."""

from savedesk.schemas.table import Column, Identity, Table

TABLE = Table(
    name="market",
    stage="ingest",
    grain="region x month",
    lost="features of the market are unknown in those regions",
    key=("region", "month"),
    columns=(
        Column("region", "string", "province or sales region"),
        Column("month", "date", "first day of the month"),
        Column(
            "competitor_price_index",
            "float64",
            "cheapest comparable plan / own plan",
            unit="ratio",
            nullable=True,
            low=0,
        ),
        Column(
            "competitor_campaigns",
            "int64",
            "campaigns seen in the month",
            unit="campaigns",
            nullable=True,
            low=0,
        ),
        Column(
            "known_on",
            "date",
            "day on which the month was complete; default: its last day",
            default_from="month",
        ),
    ),
    identities=(Identity("month_start", "month is the first day of a month", lambda t: t.month.day() == 1),),
)
