"""Truth: what only a simulator can know. Only evaluate and tests may read it."""

from savedesk.schemas.table import Column, Table, subscriber_column

WINDOW = ("lead_days", "outcome_days", "arrears_days", "dormant_days")  # for which the chances are true
ACTIONS = (
    "loyalty_discount",
    "fitting_plan",
    "explain_bill",
    "engineer_ticket",
    "service_recovery",
    "renewal_benefit",
    "payment_plan",
    "reactivation_pack",
    "check_in",
)
CAUSES = (
    "drift",
    "contract_end",
    "price_rise",
    "bill_shock",
    "plan_misfit",
    "complaint",
    "network",
    "competitor",
    "household",
    "circle",
    "woken",
    "arrears",
    "dormant",
)

TABLE = Table(
    name="truth",
    stage="ingest",
    grain="subscriber x as_of",
    key=("subscriber_id", "as_of"),
    columns=(
        subscriber_column(),
        Column("as_of", "date", "month start"),
        Column(
            "churn_probability",
            "float64",
            "true P(churn in the outcome window | still there at its start) without a further contact",
            low=0,
            high=1,
        ),
        *(
            Column(f"with_{name}", "float64", f"the same if {name} is tried at as_of", low=0, high=1)
            for name in ACTIONS
        ),
        Column("cause", "string", "the strongest of the causes at work", allowed=CAUSES),
    ),
)
