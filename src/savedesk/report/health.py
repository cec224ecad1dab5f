"""How the source's tables came in, and what the source lacks."""

from __future__ import annotations

from typing import Any

import pandas as pd

from savedesk.contracts import source_facts
from savedesk.inputs import Inputs
from savedesk.report.amounts import number, percent

ACCEPTED = "accepted"
NO_FACTS = {"attributes", "labels", "truth", "valuations"}  # tables for which no feature of Savedesk's own waits


def tables(inputs: Inputs) -> list[dict[str, Any]]:
    """Return rows accepted and in quarantine by table, with the rules broken; tables without any row are left out."""
    counts = inputs.frame(source_facts.COUNTS)
    lines = [_line(str(name), part) for name, part in counts.groupby("table")]
    return [line for line in lines if line["rows"]]


def _line(name: str, part: pd.DataFrame) -> dict[str, Any]:
    total = int(part["rows"].sum())
    broken = part[(part["rule"] != ACCEPTED) & (part["rows"] > 0)].sort_values(
        ["rows", "rule"], ascending=[False, True]
    )
    away = int(broken["rows"].sum())
    rules = [f"{line['rule']} ({number(line['rows'])})" for line in broken.to_dict("records")]
    share = f" ({percent(away / total, 2)})" if away else ""
    return {
        "name": name,
        "rows": total,
        "accepted": number(total - away),
        "quarantined": number(away) + share,
        "away": away,
        "rules": rules,
    }


def lacks(inputs: Inputs, facts: dict[str, Any], messages: dict[str, str]) -> list[str]:
    """Return what the source says it lacks, and the tables of facts that it gives no row of."""
    counts = inputs.frame(source_facts.COUNTS)
    accepted = counts[counts["rule"] == ACCEPTED].groupby("table")["rows"].sum()
    empty = ", ".join(sorted(set(accepted[accepted == 0].index) - NO_FACTS))
    said = [str(one) for one in facts.get("lacks") or []]
    return [*said, *([messages["lacks_tables"].format(tables=empty)] if empty else [])]
