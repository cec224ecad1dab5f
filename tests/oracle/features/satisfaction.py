"""Twins of the family satisfaction."""

from tests.oracle.features.person import count, days, mean


def recent(p):
    return [row for row in p.answers if p.age(row["surveyed_on"]) <= 366]


def overall(p):
    rows = sorted((row for row in p.answers if row["process"] == "overall"), key=lambda row: row["surveyed_on"])
    return [float(row["score"]) for row in rows]


def intention(p):
    said = [float(row["switch_intention"]) for row in recent(p) if row["switch_intention"] is not None]
    return max(said, default=None)


def lowest_process(p):
    rows = [(row["score"], row["process"]) for row in recent(p) if row["process"] != "overall"]
    return min(rows)[1] if rows else None


TWINS = {
    "lowest_score_12m": lambda p: min((float(row["score"]) for row in recent(p)), default=None),
    "switch_intention_12m": intention,
    "mean_score_12m": lambda p: mean(float(row["score"]) for row in recent(p)),
    "last_overall_score": lambda p: overall(p)[-1] if overall(p) else None,
    "overall_score_change": lambda p: overall(p)[-1] - overall(p)[0] if overall(p) else None,
    "answers_12m": lambda p: count(recent(p)),
    "days_since_survey": lambda p: days(p.age(row["surveyed_on"]) for row in p.answers),
    "lowest_scored_process": lowest_process,
}
