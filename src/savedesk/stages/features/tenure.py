"""Family tenure: how long the subscriber has been here, and what ties them."""

from __future__ import annotations

from typing import Any

import ibis

from savedesk.stages.features.declaration import feature
from savedesk.stages.features.windows import QUARTER_DAYS

DAYS_A_MONTH = 365.25 / 12
NEW_YEARS, OLD_YEARS = 1, 3  # where a new line is settled, and a settled one is old


def _days(row: Any, earlier: Any) -> Any:
    return row.as_of.delta(earlier, unit="day").cast("float64")


@feature(
    "subscriber",
    unit="months",
    direction=-1,
    reason="new_subscriber",
    speaks=(None, 12),
    en="subscriber for only {value:month/months}",
)
def months_since_activation(row: Any) -> Any:
    """Months from activation to as_of."""
    return _days(row, row.activated_on) / DAYS_A_MONTH


@feature(
    "subscriber",
    unit="share",
    window="training rows",
    direction=1,
    reason="new_subscriber",
    fitted_from="months_since_activation",
)
def baseline_hazard(row: Any) -> Any:
    """Churn rate of the training rows of about the same tenure: the hazard that everybody of this tenure bears."""
    # It weighs for the reason and has no sentence: how long they have been subscribers says it.
    return _days(row, row.activated_on) / DAYS_A_MONTH


@feature(
    "subscriber",
    unit="days",
    reason="contract_end",
    speaks=(0, 92),
    en="contract ends in {value:day/days}",
)
def days_to_contract_end(row: Any) -> Any:
    """Days from as_of to the end of the contract; negative once it is over, absent without a contract."""
    return -_days(row, row.contract_end)


@feature(
    "subscriber",
    unit="flag",
    empty=0,
    direction=1,
    reason="contract_end",
    speaks=(1, 1),
    en="out of contract",
)
def out_of_contract(row: Any) -> Any:
    """1 if a contract has ended before as_of, else 0."""
    return (row.contract_end < row.as_of).cast("float64")


@feature("subscriber", unit="share", direction=0)
def contract_elapsed(row: Any) -> Any:
    """Elapsed share of the contract; above 1 once it is over."""
    length = row.contract_end.delta(row.contract_start, unit="day").cast("float64")
    return ibis.ifelse(length > 0, _days(row, row.contract_start) / length.nullif(0), ibis.null("float64"))


@feature("subscriber", unit="years")
def age_years(row: Any) -> Any:
    """Age in the year of as_of."""
    return (row.as_of.year() - row.birth_year).cast("float64")


@feature("subscriber", unit="segment", dtype="string")
def segment(row: Any) -> Any:
    """Market segment."""
    return row.segment


@feature("subscriber", unit="region", dtype="string")
def region(row: Any) -> Any:
    """Province or sales region."""
    return row.region


@feature("subscriber", unit="method", dtype="string")
def payment_method(row: Any) -> Any:
    """How bills are paid."""
    return row.payment_method


@feature("subscriber", unit="channel", dtype="string")
def acquisition_channel(row: Any) -> Any:
    """Where the subscriber was won."""
    return row.acquisition_channel


@feature("account", unit="lines")
def account_lines(row: Any) -> Any:
    """Active lines on the account, this one among them."""
    return row.lines


@feature(
    "account",
    unit="lines",
    window="6 months",
    empty=0,
    direction=1,
    reason="account_leaving",
    speaks=(1, None),
    en="{value:other line/other lines} of the account left within 6 months",
)
def account_lines_left_6m(row: Any) -> Any:
    """Other lines of the account that left within 6 months."""
    return row.left_6m


@feature("plan_changes", unit="changes", empty=0)
def own_plan_changes(events: Any) -> Any:
    """Plan changes by the subscriber's own wish."""
    return (events.initiated_by == "subscriber").sum().cast("float64")


@feature("plan_changes", unit="changes", empty=0)
def plan_changes_so_far(events: Any) -> Any:
    """Plan and price changes so far, by whomever."""
    return events.count().cast("float64")


@feature("plan_changes", unit="months")
def months_since_plan_change(events: Any) -> Any:
    """Months since the subscriber last changed plan."""
    age = events.as_of.delta(events.changed_on, unit="day")
    return age.min(where=events.initiated_by == "subscriber").cast("float64") / DAYS_A_MONTH


@feature("subscriber", unit="phase", dtype="string")
def contract_phase(row: Any) -> Any:
    """Where in the contract as_of falls: none, first (quarter), middle, last (quarter of a year), over."""
    left = -_days(row, row.contract_end)
    length = row.contract_end.delta(row.contract_start, unit="day").cast("float64")
    elapsed = _days(row, row.contract_start)
    return ibis.cases(
        (row.contract_end.isnull(), "none"),
        (left < 0, "over"),
        (left <= QUARTER_DAYS, "last"),
        (elapsed * 4 <= length, "first"),
        else_="middle",
    )


@feature("subscriber", unit="months")
def contract_months(row: Any) -> Any:
    """Length of the contract."""
    return row.contract_end.delta(row.contract_start, unit="day").cast("float64") / DAYS_A_MONTH


@feature("subscriber", unit="months", empty=0)
def months_out_of_contract(row: Any) -> Any:
    """Months since the contract ended; 0 while it runs or without one."""
    return ibis.greatest(_days(row, row.contract_end), 0.0) / DAYS_A_MONTH


@feature("subscriber", unit="stage", dtype="string")
def tenure_stage(row: Any) -> Any:
    """new: in the first year of service; settled: in the second and third; old: beyond."""
    since = row.activated_on
    return ibis.cases(
        (since.isnull(), ibis.null("string")),
        (since > row.as_of - ibis.interval(years=NEW_YEARS), "new"),
        (since > row.as_of - ibis.interval(years=OLD_YEARS), "settled"),
        else_="old",
    )


@feature("account", unit="lines", empty=0, direction=1)
def account_lines_left(row: Any) -> Any:
    """Other lines of the account that have left so far."""
    return row.left


@feature("account", unit="months")
def account_months(row: Any) -> Any:
    """Months since the first line of the account was activated."""
    return _days(row, row.since) / DAYS_A_MONTH


@feature("status_changes", unit="returns", empty=0, direction=1)
def returns_so_far(events: Any) -> Any:
    """Times that the line came back from a suspension or an exit, its first activation not among them."""
    here = events.status == "active"
    activation = (events.changed_on.min(where=here) < events.changed_on.min(where=~here)).fill_null(True)
    return here.sum().cast("float64") - (here.any() & activation).cast("float64")
