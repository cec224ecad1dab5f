"""Decisions: what the policy says about every scored subscriber, and the files that the save desk opens."""

from savedesk.schemas.labels import CHURN_TYPES
from savedesk.schemas.table import Column, File, Table
from savedesk.schemas.values import TIERS

DECISIONS = ("contact", "hold_out", "give_up", "not_listed")
SOURCES = ("prior", "measured")  # of a save rate: params.yaml, or randomised contacts
BARS = ("open_complaint", "complaint_unknown", "unaware_overspender")  # rules that close an action to a subscriber
ANYWAY = "any"  # the reason of an action that needs none

_KEY = (
    Column("subscriber_id", "string", "the line or service"),
    Column("as_of", "date", "day of the decision"),
)
_ECONOMICS = (
    Column("action", "string", "the action that gains most", nullable=True),
    Column(
        "action_reason",
        "string",
        f"code of the strongest reason that calls for the action; {ANYWAY}: it needs none",
        nullable=True,
    ),
    Column("channel", "string", "how it is done", nullable=True),
    Column("offer_cost", "float64", "cost of the incentive", unit="money", nullable=True, low=0),
    Column("contact_cost", "float64", "cost of the contact", unit="money", nullable=True, low=0),
    Column("contact_minutes", "float64", "agent time", unit="min", nullable=True, low=0),
    Column(
        "save_rate",
        "float64",
        "P(a would-be churner stays because of the action): the rate of params.yaml or of past contacts, higher where "
        "the reason explains more of the risk than usual",
        nullable=True,
        low=-1,
        high=1,
    ),
    Column(
        "take_up",
        "float64",
        "share of stayers who take the incentive anyway",
        nullable=True,
        low=0,
        high=1,
    ),
    Column("save_rate_source", "string", "prior or measured", nullable=True, allowed=SOURCES),
    Column(
        "expected_gain",
        "float64",
        "value that the contact should save, less the incentive for all who take it and the cost of the contact",
        unit="money",
        nullable=True,
    ),
)

TABLE = Table(
    name="decisions",
    stage="prioritise",
    grain="subscriber x as_of (test and newest as_of dates; a snapshot: all)",
    key=("subscriber_id", "as_of"),
    columns=(
        *_KEY,
        Column("decision", "string", "what to do", allowed=DECISIONS),
        Column("rule", "string", "code of the rule or figure that decided it"),
        Column("why", "string", "the same as a sentence"),
        Column("rank", "int64", "1 is contacted first; absent unless contact or hold_out", nullable=True, low=1),
        *_ECONOMICS,
    ),
)

LIST = Table(
    name="list",
    stage="prioritise",
    grain="subscriber to contact",
    key=("subscriber_id",),
    sorted_by=("rank", "subscriber_id"),
    columns=(
        Column("rank", "int64", "1 is contacted first", low=1),
        Column("subscriber_id", "string", "the line or service"),
        Column("account_id", "string", "payer"),
        Column("region", "string", "province or sales region", nullable=True),
        Column("segment", "string", "market segment", nullable=True),
        Column("tier", "string", "key, core or small", allowed=TIERS),
        Column("churn_probability", "float64", "P(churn in the outcome window)", low=0, high=1),
        Column("churn_type", "string", "the likeliest type", allowed=CHURN_TYPES),
        Column("expected_days_to_churn", "float64", "days from as_of", unit="days", low=0),
        Column("call_by", "date", "last day on which the contact still comes in time", may_be_future=True),
        Column("margin", "float64", "money after variable cost", unit="money/month"),
        Column("remaining_value", "float64", "expected discounted margin if they stay", unit="money"),
        Column("value_at_risk", "float64", "churn_probability x remaining_value", unit="money", low=0),
        Column("action_text", "string", "what to do, in the language of the run"),
        Column("because", "string", "the reason that the action answers, which need not be the strongest"),
        Column("reason_1", "string", "strongest driver of the risk"),
        Column("reason_2", "string", "second driver", nullable=True),
        Column("reason_3", "string", "third driver", nullable=True),
        *_ECONOMICS,
        Column(
            "propensity",
            "float64",
            "probability with which the draw gave the account this arm: to be contacted, or to be held out",
            low=0,
            high=1,
        ),
        Column("receipt", "string", "from which this row can be recomputed"),
    ),
)

HOLD_OUT = Table(
    name="holdout",
    stage="prioritise",
    grain="subscriber held out of the list",
    key=("subscriber_id",),
    sorted_by=("rank", "subscriber_id"),
    columns=LIST.columns,
)

GIVE_UP = Table(
    name="give_up",
    stage="prioritise",
    grain="subscriber left alone on purpose",
    key=("subscriber_id",),
    columns=(
        Column("subscriber_id", "string", "the line or service"),
        Column("tier", "string", "key, core or small", allowed=TIERS),
        Column("churn_probability", "float64", "P(churn in the outcome window)", low=0, high=1),
        Column("value_at_risk", "float64", "churn_probability x remaining_value", unit="money", low=0),
        Column("best_action", "string", "the least bad action", nullable=True),
        Column("best_gain", "float64", "its expected gain", unit="money", nullable=True),
        Column("why", "string", "the rule or figure that put them here"),
    ),
)

OPTIONS = Table(
    name="options",
    stage="prioritise",
    grain="candidate x as_of x action x channel",
    key=("subscriber_id", "as_of", "action", "channel"),
    columns=(
        *_KEY,
        Column("action", "string", "what could be done"),
        Column("channel", "string", "how"),
        Column("reason", "string", f"the strongest reason that calls for it; {ANYWAY}: it needs none"),
        Column("reason_place", "int64", "place of that reason, 1 is the strongest; 0: it needs none", low=0),
        Column("account_id", "string", "payer"),
        Column("churn_probability", "float64", "P(churn in the outcome window)", low=0, high=1),
        Column("touched_probability", "float64", "part of it that the action can touch", low=0, high=1),
        Column("remaining_value", "float64", "expected discounted margin if they stay", unit="money"),
        Column("offer_cost", "float64", "cost of the incentive", unit="money", low=0),
        Column("contact_cost", "float64", "cost of the contact", unit="money", low=0),
        Column("contact_minutes", "float64", "agent time", unit="min", low=0),
        Column("notice_days", "int64", "days that the channel needs", unit="days", low=0),
        Column("save_rate", "float64", "P(a would-be churner stays because of the action)", low=-1, high=1),
        Column(
            "rate_factor",
            "float64",
            "save_rate as a multiple of that of its action and reason: the more of the risk the reason explains",
            low=0,
        ),
        Column("save_rate_source", "string", "prior or measured", allowed=SOURCES),
        Column("take_up", "float64", "share of stayers who take the incentive anyway", low=0, high=1),
        Column("expected_gain", "float64", "what the contact is worth, net of all cost", unit="money"),
        Column("expected_cost", "float64", "what it should take from the budget", unit="money", low=0),
        Column("barred", "string", "the rule that closes this option; absent: open", nullable=True, allowed=BARS),
        Column("open", "boolean", "neither a rule nor the hold-out keeps the subscriber or the option off the list"),
    ),
)

SAVE_RATES = Table(
    name="save_rates",
    stage="prioritise",
    grain="as_of x action x reason",
    key=("as_of", "action", "reason"),
    columns=(
        Column("as_of", "date", "day of the decision; only outcomes known before it count"),
        Column("action", "string", "what was done"),
        Column("reason", "string", f"the strongest reason that calls for it; {ANYWAY}: it needs none"),
        Column("prior", "float64", "save rate of params.yaml", low=-1, high=1),
        Column(
            "save_rate",
            "float64",
            "the rate of the list, where the reason is of usual strength",
            low=-1,
            high=1,
        ),
        Column("low", "float64", "lower end of its interval", low=-1, high=1),
        Column("high", "float64", "upper end of its interval", low=-1, high=1),
        Column(
            "usual_share",
            "float64",
            "share of the odds of leaving that the reason explains, mean of the would-be churners who have the "
            "option; absent: nobody has it, or it needs no reason",
            nullable=True,
            low=0,
            high=1,
        ),
        Column("treated", "int64", "randomised contacts that were made", low=0),
        Column("control", "int64", "subscribers left alone at random beside them", low=0),
        Column("treated_churned", "int64", "of the treated, those who left in a way that the action can touch", low=0),
        Column("control_churned", "int64", "of the control, those who left in such a way", low=0),
        Column(
            "harm_chance",
            "float64",
            "chance that the rate is below 0: the action drives more people away than it keeps",
            low=0,
            high=1,
        ),
        Column(
            "save_rate_source",
            "string",
            "measured: there are enough randomised contacts of the action, whatever the reason; else prior",
            allowed=SOURCES,
        ),
    ),
)

LIMITS = Table(
    name="limits",
    stage="prioritise",
    grain="as_of x limit",
    key=("as_of", "limit"),
    columns=(
        Column("as_of", "date", "day of the decision"),
        Column("limit", "string", "budget, or hours of a channel"),
        Column("unit", "string", "unit of the limit"),
        Column("available", "float64", "what the policy gives", low=0),
        Column("used", "float64", "what the list takes", low=0),
        Column("shadow_price", "float64", "money that one more unit would earn", low=0),
    ),
)

REPORTED = Table(
    name="reported_outcomes",
    stage="prioritise",
    grain="subscriber x day of an imported outcome that the list saw beside the table contacts",
    key=("subscriber_id", "contacted_on"),
    columns=(
        Column("subscriber_id", "string", "the line or service"),
        Column("contacted_on", "date", "day of the contact", may_be_future=True),
        Column("outcome", "string", "what was reported", nullable=True),
        Column("in_contacts", "boolean", "the table contacts has a contact of that day, too: it counts once"),
    ),
)

LIST_CSV = File("list_csv", "prioritise", "data/prioritise/list.csv", "the list, safe to open in a spreadsheet")
LIST_XLSX = File("list_xlsx", "prioritise", "data/prioritise/list.xlsx", "the list by tier, give-ups and a read-me")
OUTCOMES_CSV = File("outcomes_csv", "prioritise", "data/prioritise/outcomes.csv", "sheet for what agents report back")
SUMMARY = File("list_summary", "prioritise", "data/prioritise/summary.json", "contacts, cost, expected gain; no ids")
