"""Bills: one row per bill, credit note or correction of a subscriber."""

from typing import Any

from savedesk.schemas.table import LARGEST, Column, Identity, Table, known_on_column, subscriber_column

ROUNDING = 0.011  # money: two amounts rounded to cents may differ by this much
LONGEST_PERIOD = 60  # months
_LONGEST_DAYS = 1827  # of so many months, with two leap days
_MONTH_DAYS = 31
PAID_DAYS_AHEAD = 366  # before the day of the bill that it may be paid: a year's fee in advance
MOST_DAYS_AHEAD = 31  # that a bill may be made out before its month begins
FEES = ("plan_fee", "overage_fee", "vas_fee", "other_fee")
MONEY = (*FEES, "discount", "total_due")


def is_correction(t: Any) -> Any:
    """Return whether a row changes another bill: it names that bill, or no fee is above zero and the total is below."""
    credit = (t.plan_fee <= 0) & (t.overage_fee <= 0) & (t.vas_fee <= 0) & (t.other_fee <= 0) & (t.total_due < 0)
    return t.corrects.notnull() | credit.fill_null(False)


def _known_in_time(t: Any) -> Any:
    return t.month.delta(t.known_on, unit="day") <= MOST_DAYS_AHEAD


def _adds_up(t: Any) -> Any:
    fees = t.plan_fee + t.overage_fee + t.vas_fee + t.other_fee
    return (fees - t.discount - t.total_due).abs() <= ROUNDING


def _below_zero_in_corrections_alone(t: Any) -> Any:
    below = (t.plan_fee < 0) | (t.overage_fee < 0) | (t.vas_fee < 0) | (t.discount < 0)
    return ~below | is_correction(t)


def _period_is_near(t: Any) -> Any:
    """Return whether a period is of months that a bill may be for. Where an end is absent, the other one counts."""
    days = t.period_end.delta(t.period_start, unit="day") + 1
    before = t.month.delta(t.period_start, unit="day")
    after = t.period_end.delta(t.month, unit="day")
    too_long, too_early, too_late = (
        (days > _LONGEST_DAYS).fill_null(False),
        (before > _LONGEST_DAYS).fill_null(False),
        (after > _LONGEST_DAYS + _MONTH_DAYS).fill_null(False),
    )
    return ~(too_long | too_early | too_late)


TABLE = Table(
    name="bills",
    stage="ingest",
    grain="subscriber x month x bill",
    lost="those bills are unknown: neither paid nor owed nor cheap",
    key=("subscriber_id", "month", "bill_id"),
    columns=(
        subscriber_column(),
        Column("month", "date", "first day of the billed month; of a correction that of the bill that it corrects"),
        Column("billed_on", "date", "day of the bill"),
        Column(
            "bill_id",
            "string",
            "number of the bill, which tells the bills of one month apart; without one the day of the bill",
            default_from="billed_on",
        ),
        Column("plan_fee", "float64", "fee of the plan", unit="money", low=-LARGEST, high=LARGEST),
        Column("overage_fee", "float64", "use beyond the allowances", unit="money", low=-LARGEST, high=LARGEST),
        Column("vas_fee", "float64", "value-added services", unit="money", low=-LARGEST, high=LARGEST),
        Column(
            "other_fee",
            "float64",
            "everything else; may be negative",
            unit="money",
            low=-LARGEST,
            high=LARGEST,
        ),
        Column("discount", "float64", "discount, as a positive amount", unit="money", low=-LARGEST, high=LARGEST),
        Column("total_due", "float64", "amount of the bill", unit="money", low=-LARGEST, high=LARGEST),
        Column(
            "period_start",
            "date",
            "first day that the bill covers; without a period the gap to the bill before says what it covers",
            nullable=True,
            may_be_future=True,
        ),
        Column("period_end", "date", "last day that the bill covers", nullable=True, may_be_future=True),
        Column(
            "corrects",
            "string",
            "bill_id of the bill that a correction or credit note belongs to",
            nullable=True,
            absent_means="the row is a bill, or a credit note of the newest one",
        ),
        Column(
            "discount_until",
            "date",
            "last day of the discount, as agreed when the bill was made; absent without one, or where nobody says",
            nullable=True,
            may_be_future=True,
        ),
        Column("payment_method", "string", "how this bill is paid; absent where nobody says", nullable=True),
        Column(
            "due_on",
            "date",
            "last day for payment",
            nullable=True,
            may_be_future=True,
            absent_means="whether it is paid is not known",
        ),
        Column("paid_on", "date", "day of full payment", nullable=True, known_by="paid_on", absent_means="unpaid"),
        Column(
            "paid_amount",
            "float64",
            "amount paid",
            unit="money",
            nullable=True,
            low=0,
            high=LARGEST,
            known_by="paid_on",
        ),
        known_on_column("billed_on"),
    ),
    identities=(
        Identity(
            "known_before",
            f"known_on must not lie more than {MOST_DAYS_AHEAD} days before the month of the bill",
            _known_in_time,
        ),
        Identity(
            "paid_near",
            f"paid_on must not lie more than {PAID_DAYS_AHEAD} days before billed_on",
            lambda t: t.billed_on.delta(t.paid_on, unit="day") <= PAID_DAYS_AHEAD,
        ),
        Identity("month_start", "month is the first day of a month", lambda t: t.month.day() == 1),
        Identity("adds_up", "plan_fee + overage_fee + vas_fee + other_fee - discount = total_due", _adds_up),
        Identity(
            "below_zero",
            "plan_fee, overage_fee, vas_fee and discount lie below zero in corrections alone: rows that name the bill "
            "that they correct, or without any fee above zero",
            _below_zero_in_corrections_alone,
        ),
        Identity("period", "period_start must not lie after period_end", lambda t: t.period_start <= t.period_end),
        Identity(
            "period_near",
            f"a period is of at most {LONGEST_PERIOD} months, begins at most {LONGEST_PERIOD} months before month and "
            f"ends at most {LONGEST_PERIOD} months after it",
            _period_is_near,
        ),
    ),
)
