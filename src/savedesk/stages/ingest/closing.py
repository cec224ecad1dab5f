"""The table at the end of ingest: what was turned away or could not be read, and what that does to the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from savedesk.schemas import outcomes, subscribers
from savedesk.schemas.source_facts import QUARANTINED, UNREADABLE
from savedesk.stages.ingest.canonical import CANONICAL
from savedesk.stages.ingest.identity.one_row import REPLACED
from savedesk.stages.ingest.limits import adding_up
from savedesk.stages.ingest.unknown import COPY, STRANGER
from savedesk.stages.ingest.validation import Validated

MOST_LINES = 12
_LOST = {table.name: table.lost for table in (*CANONICAL, outcomes.CONTACTS)}
NO_LOSS_EFFECTS = {
    COPY.rstrip(":"): "nothing: one of the copies counts",
    STRANGER: "nothing is known of whom they are: no subscriber has this id",
    "total": "nothing: a total is no subscriber",
    "renamed": "nothing is lost: it is the renaming itself",
    "before_activation": "it was before their first day of service, and counts for nothing",
}
RENAMED_ROW = "nothing is lost: what the new id leaves blank is taken from here, and a refusal or block stays"
LOST_NAME = "ids whose renaming was turned away: those facts are unknown under the new id; other ids are nobody's"
VALUE_EFFECT = "those values are unknown; the rest of each row counts"
LINE_EFFECT = "the subscriber named on a line has months and facts that are unknown"


def closing_lines(counts: pa.Table, validated: Sequence[Validated]) -> list[str]:
    """Return the lines of the table, widest loss first; none where every row is as it should be.

    Args:
        counts: contract ``ingest_counts``.
        validated: the tables.
    """
    rows = [row for row in counts.to_pylist() if row["kind"] in (QUARANTINED, UNREADABLE) and row["rows"]]
    if not rows:
        return []
    rows.sort(key=lambda row: (-(row["subscribers"] or 0), -row["rows"], row["table"], row["rule"]))
    cells = [("table", "rule", "rows", "subscribers", "what it does")]
    for row in rows[:MOST_LINES]:
        of = "-" if row["subscribers"] is None else f"{row['subscribers']:,}"
        cells.append((row["table"], row["rule"], f"{row['rows']:,}", of, _effect(row)))
    widths = [max(len(line[place]) for line in cells) for place in range(4)]
    lines = ["turned away, or not readable:"]
    for table, rule, count, of, effect in cells:
        left = f"{table:<{widths[0]}}  {rule:<{widths[1]}}"
        lines.append(f"  {left}  {count:>{widths[2]}}  {of:>{widths[3]}}  {effect}")
    if len(rows) > MOST_LINES:
        lines.append(f"  and {len(rows) - MOST_LINES} more rules in data/ingest/ingest_counts.parquet")
    lines.append("  the rows are in data/ingest/quarantine.parquet and data/ingest/repaired.parquet")
    return [*lines, *_hints(validated)]


def losses(facts_lost: Any, validated: Sequence[Validated], least: float) -> list[dict[str, Any]]:
    """Return the tables of which something is unknown of many subscribers: table, subscribers, share and effect.

    Args:
        facts_lost: unknown facts.
        validated: the tables.
        least: share of the subscribers of a table from which on it counts as many.
    """
    counted = facts_lost.group_by("table").aggregate(subscribers=facts_lost.subscriber_id.nunique())
    touched = {row["table"]: row["subscribers"] for row in counted.to_pyarrow().to_pylist() if row["subscribers"]}
    rows = []
    for table in validated:
        name = table.contract.name
        if name not in touched:
            continue
        share = touched[name] / max(int(table.cast.subscriber_id.nunique().execute()), 1)
        if share >= least:
            effect = table.contract.lost if table.turned_away else VALUE_EFFECT
            rows.append({"table": name, "subscribers": touched[name], "share": share, "effect": effect})
    return rows


def _effect(row: Mapping[str, Any]) -> str:
    if row["kind"] == UNREADABLE:
        return VALUE_EFFECT
    if row["table"].startswith("raw:"):
        return LINE_EFFECT
    if (row["table"], row["rule"]) == (subscribers.TABLE.name, REPLACED):
        return RENAMED_ROW
    if row["rule"] == STRANGER and row["subscribers"]:
        return LOST_NAME
    effect = NO_LOSS_EFFECTS.get(row["rule"]) or NO_LOSS_EFFECTS.get(row["rule"].partition(":")[0])
    return effect or _LOST.get(row["table"], "")


def _hints(validated: Sequence[Validated]) -> list[str]:
    """Return how several rows of one month become one, for the tables that have such rows."""
    return [
        f"  {table.contract.name}: if several rows of a month add up, {table.contract.name}.sql must say so: "
        f"{adding_up(table)}"
        for table in validated
        if table.contract.day == "month" and any(rule.startswith("unique:") for rule in table.counts)
    ]
