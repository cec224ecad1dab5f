"""Twins of the family network_quality."""

from tests.oracle.features.person import count, days, mean, minus, share


def dropped(p, first, last):
    return share(mean(p.used("dropped_calls", first, last)), mean(p.used("calls", first, last)))


def faults(p, days_back):
    return [row for row in p.incidents if p.age(row["started_at"]) <= days_back]


TWINS = {
    "dropped_share_1m": lambda p: dropped(p, 1, 1),
    "dropped_share_3m": lambda p: dropped(p, 1, 3),
    "dropped_share_change": lambda p: minus(dropped(p, 1, 3), dropped(p, 4, 6)),
    "incidents_1m": lambda p: count(faults(p, 31)),
    "incidents_3m": lambda p: count(faults(p, 92)),
    "incident_severity_3m": lambda p: float(sum(row["severity"] for row in faults(p, 92))),
    "days_since_incident": lambda p: days(p.age(row["started_at"]) for row in p.incidents),
    "network_complaints_6m": lambda p: count(
        row for row in p.tickets if row["category"] == "network" and p.age(row["opened_at"]) <= 184
    ),
    "usage_change_since_incident": lambda p: p.since_incident(p.used("voice_min", 1, 12)),
    "data_change_since_incident": lambda p: p.since_incident(p.used("data_mb", 1, 12)),
}
