"""Twins of the family complaints."""

from tests.oracle.features.person import count, days, mean, newest

CATEGORIES = ("network", "new_service", "store", "hotline", "marketing", "billing", "other")


def recent(p, days_back):
    return [row for row in p.tickets if p.age(row["opened_at"]) <= days_back]


def counted(days_back, **wanted):
    return lambda p: count(row for row in recent(p, days_back) if all(row[n] == v for n, v in wanted.items()))


def closing(p):
    return [float((row["closed_at"] - row["opened_at"]).days) for row in recent(p, 366) if row["closed_at"] is not None]


def last_satisfied(p):
    row = newest((row for row in recent(p, 366) if row["satisfied"] is not None), "opened_at", "ticket_id")
    return None if row is None else float(row["satisfied"])


def last_category(p):
    row = newest(recent(p, 366), "opened_at", "ticket_id")
    return None if row is None else row["category"]


def slow(p):
    return count(r for r in recent(p, 184) if ((r["closed_at"] or p.as_of) - r["opened_at"]).days > 31)


TWINS = {f"{name}_complaint_count_12m": counted(366, category=name) for name in CATEGORIES} | {
    "complaint_count_1m": counted(31),
    "complaint_count_3m": counted(92),
    "complaint_count_6m": counted(184),
    "complaint_count_12m": counted(366),
    "complaints_open": lambda p: count(row for row in p.tickets if row["closed_at"] is None),
    "complaint_open_days": lambda p: float(
        max((p.age(row["opened_at"]) for row in p.tickets if row["closed_at"] is None), default=0)
    ),
    "days_since_complaint": lambda p: days(p.age(row["opened_at"]) for row in p.tickets),
    "complaint_days_to_close": lambda p: max(closing(p), default=None),
    "complaint_mean_days_to_close": lambda p: mean(closing(p)),
    "complaints_reopened_12m": counted(366, reopened=True),
    "complaints_escalated_12m": counted(366, escalated=True),
    "complaints_unsatisfied_12m": counted(366, satisfied=False),
    "complaints_satisfied_12m": counted(366, satisfied=True),
    "complaints_repeated_12m": lambda p: float(len(recent(p, 366)) - len({row["category"] for row in recent(p, 366)})),
    "last_complaint_satisfied": last_satisfied,
    "last_complaint_category": last_category,
    "complaints_slow_6m": slow,
    "usage_change_since_complaint": lambda p: p.since_complaint(p.used("voice_min", 1, 12)),
    "data_change_since_complaint": lambda p: p.since_complaint(p.used("data_mb", 1, 12)),
}
