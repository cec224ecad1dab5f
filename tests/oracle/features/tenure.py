"""Twins of the family tenure."""

import datetime as dt

from tests.oracle.features.person import count, share

MONTH = 365.25 / 12


def months(p, day):
    return None if day is None else p.age(day) / MONTH


def length(p):
    start = p.contract_start
    return None if p.contract_end is None or start is None else (p.contract_end - start).days


def elapsed(p):
    return share(float(p.age(p.contract_start)), float(length(p))) if length(p) is not None else None


def phase(p):
    if p.contract_end is None:
        return "none"
    if p.contract_end < p.as_of:
        return "over"
    if (p.contract_end - p.as_of).days <= 92:
        return "last"
    started = p.contract_start
    if started is not None and 4 * p.age(started) <= length(p):
        return "first"
    return "middle"


def years_before(p, years):
    return dt.date(p.as_of.year - years, p.as_of.month, p.as_of.day)


def stage(p):
    since = p.subscriber["activated_on"]
    if since is None:
        return None
    return "new" if since > years_before(p, 1) else "settled" if since > years_before(p, 3) else "old"


def returns(p):
    return count(row for row in p.statuses[1:] if row["status"] == "active")


def account_age(p):
    days = [line["activated_on"] for line in p.lines if line["activated_on"] is not None]
    return months(p, min(days)) if days else None


TWINS = {
    "months_since_activation": lambda p: months(p, p.subscriber["activated_on"]),
    "days_to_contract_end": lambda p: None if p.contract_end is None else float((p.contract_end - p.as_of).days),
    "out_of_contract": lambda p: float(p.contract_end is not None and p.contract_end < p.as_of),
    "contract_elapsed": elapsed,
    "age_years": lambda p: (
        None if p.subscriber["birth_year"] is None else float(p.as_of.year - p.subscriber["birth_year"])
    ),
    "segment": lambda p: p.subscriber["segment"],
    "region": lambda p: p.subscriber["region"],
    "payment_method": lambda p: p.subscriber["payment_method"],
    "acquisition_channel": lambda p: p.subscriber["acquisition_channel"],
    "account_lines": lambda p: count(line for line in p.lines if line["left_on"] is None),
    "account_lines_left": lambda p: count(line for line in p.lines if line["left_on"] is not None),
    "account_lines_left_6m": lambda p: count(
        line for line in p.lines if line["left_on"] is not None and p.age(line["left_on"]) <= 184
    ),
    "account_months": account_age,
    "own_plan_changes": lambda p: count(row for row in p.changes if row["initiated_by"] == "subscriber"),
    "plan_changes_so_far": lambda p: count(p.changes),
    "months_since_plan_change": lambda p: min(
        (months(p, row["changed_on"]) for row in p.changes if row["initiated_by"] == "subscriber"), default=None
    ),
    "contract_phase": phase,
    "contract_months": lambda p: None if length(p) is None else length(p) / MONTH,
    "months_out_of_contract": lambda p: 0.0 if p.contract_end is None else max(p.age(p.contract_end), 0) / MONTH,
    "tenure_stage": stage,
    "returns_so_far": returns,
}
