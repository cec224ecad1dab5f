"""Summaries: what the pages of the report show. The report looks rows up and adds nothing to them.

Wherever a table has the column ``region``, the rows of ``COUNTRY`` are those of everybody, with or without a region. A
table for which the source lacks something has no rows, and ``contents`` says what it lacks.
"""

from __future__ import annotations

from savedesk.schemas.complaints import CATEGORIES
from savedesk.schemas.reasons import CODES, NO_REASON
from savedesk.schemas.scores import MONTHS, SURVIVAL_COLUMNS
from savedesk.schemas.subscribers import SEGMENTS
from savedesk.schemas.table import Column, Table
from savedesk.schemas.values import TIERS

COUNTRY = "all"  # the region of a row that is about everybody; the group of a row that is about the whole
LIST_BY = ("total", "tier", "action", "channel")
CAMPAIGN_BY = ("total", "campaign", "action", "tier", "reason")
PAGES = ("price", "complaints", "tenure", "competition")
DRIVERS = {  # what subscribers are grouped by -> the page that shows it, and the group that the others are held against
    "price_rise": ("price", "none"),
    "bill_shock": ("price", "none"),
    "plan_misfit": ("price", "none"),
    "complaint": ("complaints", "none"),
    "tenure_month": ("tenure", ""),
    "contract_phase": ("tenure", ""),
    "competitor_campaigns": ("competition", "none"),
    "competitor_price": ("competition", "none"),
}
QUADRANTS = ("keep_up", "fix_now", "relative_advantage", "potential_loss")
LOYALTY_TYPES = ("committed", "incentive", "price", "latent", "inertia", "monopoly", "none")
BY_CHOICE = ("committed", "incentive", "price")  # the other types stay for want of something else, or do not stay
VERDICTS = ("works", "harms", "not_shown")
LACKS = (  # why a table has no rows
    "no_as_of",
    "no_list",
    "no_limits",
    "no_reasons",
    "no_labels",
    "no_surveys",
    "no_contacts",
    "no_features",
)
TALKING_POINTS = (
    "open_complaint_first",  # settle the open complaint before anything else
    "no_plan_talk",  # they have not noticed that they overspend: do not speak of the plan
    "recent_contact",  # they were contacted not long ago: say why again
    "apologise",  # apologise for what they complained of, and say how it was or will be settled
    "offer_payment_plan",  # offer to pay what is open in parts
    "name_ticket",  # the network: say which ticket is open, and by when it is mended
    "go_through_bill",  # explain the bill line by line
    "offer_fitting_plan",  # offer the plan that fits their use
    "offer_discount",  # offer the discount
    "offer_renewal",  # offer the benefit of renewing
    "offer_pack",  # offer the pack to use the line again
    "ask_how_it_goes",  # no offer: ask how it goes
    "make_offer",  # an action of the operator's own: its words
    "thank_for_years",  # years with us
    "contract_ends",  # the contract ends soon
    "name_benefit",  # loyal for what they get: say what they get by staying
    "name_saving",  # loyal for the price: say what they save
    "make_easy",  # loyal by inertia: take work off them, ask for no decision
    "win_heart",  # content, yet uses less: ask what is missing
    "welcome_new",  # content and not long with us: ask whether all is as promised
    "no_lock_in",  # stay because they must: offer a choice, no threat
    "value_partner",  # committed: speak as to a partner
)


def _region() -> Column:
    return Column("region", "string", f"province or sales region; {COUNTRY}: everybody")


def _rate(name: str, meaning: str, *, nullable: bool = True) -> Column:
    return Column(name, "float64", meaning, unit="share", nullable=nullable, low=0, high=1)


def _count(name: str, meaning: str, unit: str = "subscribers", *, nullable: bool = False) -> Column:
    return Column(name, "int64", meaning, unit=unit, nullable=nullable, low=0)


def _money(name: str, meaning: str, *, nullable: bool = False, low: float | None = None) -> Column:
    return Column(name, "float64", meaning, unit="money", nullable=nullable, low=low)


CONTENTS = Table(
    name="contents",
    stage="summarise",
    grain="table of this stage",
    key=("table",),
    columns=(
        Column("table", "string", "name of the table"),
        Column("rows", "int64", "its rows", unit="rows", low=0),
        Column("lacks", "string", "why it has none; absent where it has rows", nullable=True, allowed=LACKS),
    ),
)

MONTHLY = Table(
    name="months",
    stage="summarise",
    grain="region x as_of (labelled or scored)",
    key=("region", "as_of"),
    columns=(
        _region(),
        Column("as_of", "date", "day of the decision"),
        _count("subscribers", "in the cohort"),
        _count("labelled", "of them, those whose outcome is known"),
        _count("churners", "of the labelled, gone in the outcome window; absent: not known yet", nullable=True),
        _count("cancelled", "of the churners, by cancellation or port-out", nullable=True),
        _count("arrears", "by suspension for arrears", nullable=True),
        _count("dormant", "by dormancy", nullable=True),
        _rate("churn_rate", "churners / labelled"),
        _rate("churn_rate_low", "lower end of its interval (Wilson)"),
        _rate("churn_rate_high", "upper end"),
        _rate("predicted_rate", "mean churn probability; absent: not scored"),
        _money("value_at_risk", "sum of churn probability x remaining value; absent: not scored", nullable=True, low=0),
        _money("value_lost", "remaining value of the churners; absent: not scored, or not known yet", nullable=True),
    ),
)

LISTED = Table(
    name="list_groups",
    stage="summarise",
    grain="region x what the newest list is grouped by x group",
    key=("region", "by", "group"),
    columns=(
        _region(),
        Column("by", "string", "what the list is grouped by; total: one row of everything", allowed=LIST_BY),
        Column("group", "string", f"tier, action or channel; {COUNTRY} for the total"),
        _count("contacts", "subscribers to contact"),
        _count("hold_out", "subscribers left alone at random beside them"),
        _money("expected_cost", "what the contacts should take from the budget", low=0),
        _money("expected_gain", "what they should earn, net of all cost"),
        _money("gain_low", "lower end of its interval, from those of the save rates"),
        _money("gain_high", "upper end"),
        _money("value_at_risk", "of the subscribers to contact", low=0),
        Column("hours", "float64", "agent time", unit="h", low=0),
    ),
)

CAPACITY = Table(
    name="capacity",
    stage="summarise",
    grain="share of the limits within which the newest list is solved again",
    key=("share",),
    columns=(
        Column("share", "float64", "1 is the limits of params.yaml", unit="ratio", low=0),
        _count("contacts", "of the best list within them", "contacts"),
        _money("expected_gain", "of that list"),
        _money("expected_cost", "of that list", low=0),
        Column("chosen", "boolean", "whether it is the run's own list"),
    ),
)

REASON_SHARES = Table(
    name="reason_shares",
    stage="summarise",
    grain="region x scored as_of x first reason",
    key=("region", "as_of", "reason"),
    columns=(
        _region(),
        Column("as_of", "date", "day of the decision"),
        Column("reason", "string", "the strongest reason of a candidate", allowed=(*CODES, NO_REASON)),
        _count("candidates", "subscribers whose first reason it is"),
        _money("value_at_risk", "their sum", low=0),
        _rate("share", "of the value at risk of all candidates of the region and as_of", nullable=False),
    ),
)

DRIVER_RATES = Table(
    name="drivers",
    stage="summarise",
    grain="region x what subscribers are grouped by x group; all labelled as_of dates together",
    key=("region", "by", "group"),
    columns=(
        Column("page", "string", "the page that shows it", allowed=PAGES),
        _region(),
        Column("by", "string", "what subscribers are grouped by, as known before as_of", allowed=tuple(DRIVERS)),
        Column("group", "string", "code of the group, see docs/summarise.md; of tenure_month: months, or 61+"),
        Column("place", "int64", "order of the groups, from 1", low=1),
        _count("rows", "subscribers x as_of dates", "rows"),
        _count("churners", "of them, gone in the outcome window", "rows"),
        _rate("churn_rate", "churners / rows", nullable=False),
        _rate("low", "lower end of its interval (Wilson)", nullable=False),
        _rate("high", "upper end", nullable=False),
        _rate(
            "compared_rate",
            "churn rate of like subscribers (segment, tenure band, contract phase) in the group that the others are "
            "held against; absent: of that group itself, or of nobody alike",
        ),
    ),
)

SATISFACTION = Table(
    name="satisfaction",
    stage="summarise",
    grain="region x segment x process x period",
    key=("region", "segment", "process", "period_end"),
    columns=(
        _region(),
        Column("segment", "string", f"market segment; {COUNTRY}: everybody", allowed=(*SEGMENTS, COUNTRY)),
        Column("process", "string", "what was asked about", allowed=CATEGORIES),
        Column("period_end", "date", "first day after the period; the newest is the newest as_of"),
        _count("answers", "answers of the period", "answers"),
        Column("performance", "float64", "mean score, 10 is best", unit="points", low=1, high=10),
        Column("performance_low", "float64", "lower end of its interval", unit="points"),
        Column("performance_high", "float64", "upper end", unit="points"),
        Column("lead", "float64", "performance less that of the period before", unit="points", nullable=True),
        Column(
            "importance",
            "float64",
            "how much the log-odds of churn fall with one point more; absent: cannot be told",
            unit="log-odds/point",
            nullable=True,
        ),
        Column("importance_low", "float64", "lower end of its interval", unit="log-odds/point", nullable=True),
        Column("importance_high", "float64", "upper end", unit="log-odds/point", nullable=True),
        Column("performance_line", "float64", "mean performance of the processes: the line between quadrants"),
        Column("importance_line", "float64", "mean importance of the processes", nullable=True),
        Column(
            "quadrant",
            "string",
            "keep_up: matters and is good; fix_now: matters and is weak; relative_advantage: good, matters less; "
            "potential_loss: weak, matters less; absent: importance cannot be told",
            nullable=True,
            allowed=QUADRANTS,
        ),
    ),
)

LOYALTY = Table(
    name="loyalty",
    stage="summarise",
    grain="subscriber scored at the newest as_of of whom tenure or an answer is known",
    key=("subscriber_id",),
    columns=(
        Column("subscriber_id", "string", "the line or service"),
        Column("loyalty_type", "string", "see docs/summarise.md; none: no loyalty", allowed=LOYALTY_TYPES),
        Column("by_choice", "boolean", "stays because of what the operator gives, not for want of something else"),
        Column("answered", "boolean", "whether an own answer spoke, or behaviour alone"),
    ),
)

LOYALTY_COUNTS = Table(
    name="loyalty_counts",
    stage="summarise",
    grain="region x segment x loyalty type, at the newest as_of",
    key=("region", "segment", "loyalty_type"),
    columns=(
        _region(),
        Column("segment", "string", f"market segment; {COUNTRY}: everybody", allowed=(*SEGMENTS, COUNTRY)),
        Column("loyalty_type", "string", "as in loyalty", allowed=LOYALTY_TYPES),
        Column("by_choice", "boolean", "as in loyalty"),
        _count("subscribers", "of the type"),
        _rate("share", "of the subscribers with a type in the region and segment", nullable=False),
        _rate("predicted_rate", "their mean churn probability", nullable=False),
        _money("value_at_risk", "their sum", low=0),
    ),
)

CAMPAIGNS = Table(
    name="campaigns",
    stage="summarise",
    grain="region x what randomised contacts with a known outcome are grouped by x group",
    key=("region", "by", "group"),
    columns=(
        _region(),
        Column("by", "string", "what contacts are grouped by; total: one row of everything", allowed=CAMPAIGN_BY),
        Column("group", "string", f"campaign, action, tier or first reason; {COUNTRY} for the total"),
        _count("treated", "subscribers contacted"),
        _count("control", "subscribers left alone at random"),
        _rate("treated_rate", "churn rate of the treated"),
        _rate("control_rate", "churn rate of the control"),
        Column("effect", "float64", "share of the treated kept by the contact", nullable=True, low=-1, high=1),
        Column("kept", "float64", "effect x treated", unit="subscribers", nullable=True),
        Column("kept_low", "float64", "lower end of its interval", unit="subscribers", nullable=True),
        Column("kept_high", "float64", "upper end", unit="subscribers", nullable=True),
        _money("kept_value", "remaining value kept by the contacts; absent: no values", nullable=True),
        _money("cost", "of contacts and offers", low=0),
        _money("net", "kept_value - cost", nullable=True),
        _money("net_low", "lower end of its interval", nullable=True),
        _money("net_high", "upper end", nullable=True),
        Column("promised_kept", "float64", "what the priors of params.yaml promised", unit="subscribers"),
        _money("promised_net", "the value that this would have kept, less the cost", nullable=True),
        Column("true_kept", "float64", "as only a simulator knows", unit="subscribers", nullable=True),
        _money("true_net", "the value that this keeps, less the cost", nullable=True),
        Column("verdict", "string", "by the interval of kept: above 0, below 0, or around it", allowed=VERDICTS),
    ),
)

CARDS = Table(
    name="cards",
    stage="summarise",
    grain="subscriber to contact, the first most_cards by rank",
    key=("subscriber_id",),
    columns=(
        Column("subscriber_id", "string", "the line or service"),
        Column("rank", "int64", "1 is contacted first", low=1),
        Column("region", "string", "province or sales region", nullable=True),
        Column("segment", "string", "market segment", nullable=True),
        Column("tier", "string", "key, core or small", allowed=TIERS),
        _rate("churn_probability", "P(churn in the outcome window)", nullable=False),
        _rate("churn_probability_low", "lower end of its interval"),
        _rate("churn_probability_high", "upper end"),
        Column("churn_type", "string", "the likeliest type"),
        *(
            Column(name, "float64", f"P(still there {month} x 30 days after outcome_start)", low=0, high=1)
            for month, name in zip(MONTHS, SURVIVAL_COLUMNS, strict=True)
        ),
        Column("expected_days_to_churn", "float64", "days from as_of", unit="days", low=0),
        Column("call_by", "date", "last day on which the contact still comes in time", may_be_future=True),
        Column("margin", "float64", "money after variable cost", unit="money/month"),
        _money("remaining_value", "expected discounted margin if they stay"),
        _money("value_at_risk", "churn_probability x remaining_value", low=0),
        Column("action", "string", "what to do"),
        Column("channel", "string", "how"),
        Column("action_text", "string", "what to do, in the language of the run"),
        Column("because", "string", "what calls for the action"),
        _money("offer_cost", "cost of the incentive", low=0),
        _money("expected_gain", "what the contact should earn, net of all cost"),
        Column("reason_1", "string", "strongest reason, in the language of the run"),
        Column("reason_2", "string", "second reason", nullable=True),
        Column("reason_3", "string", "third reason", nullable=True),
        _count("tenure_months", "months since activation", "months", nullable=True),
        _count("days_since_contact", "absent: never contacted", "days", nullable=True),
        _count("open_complaints", "at as_of", "tickets"),
        Column("unaware_overspender", "boolean", "pays for more than is used and has not noticed"),
        Column("loyalty_type", "string", "as in loyalty", nullable=True, allowed=LOYALTY_TYPES),
        Column("talking_points", "string", "codes, parted by a space, the first to say first", nullable=True),
    ),
)

CARD_MONTHS = Table(
    name="card_months",
    stage="summarise",
    grain="subscriber of cards x month; the 12 before as_of",
    key=("subscriber_id", "month"),
    columns=(
        Column("subscriber_id", "string", "the line or service"),
        Column("month", "date", "first day of the month"),
        Column("voice_min", "float64", "outgoing voice", unit="min", nullable=True, low=0),
        Column("data_mb", "float64", "mobile data", unit="MB", nullable=True, low=0),
        Column("total_due", "float64", "billed a month; its share of a longer bill", unit="money", nullable=True),
    ),
)

TABLES = (
    MONTHLY,
    LISTED,
    CAPACITY,
    REASON_SHARES,
    DRIVER_RATES,
    SATISFACTION,
    LOYALTY,
    LOYALTY_COUNTS,
    CAMPAIGNS,
    CARDS,
    CARD_MONTHS,
)
