"""How the source's tables came in, and what the source lacks."""

from __future__ import annotations

from typing import Any

import pandas as pd

from savedesk.locales.catalogue import Catalogue
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import source_facts
from savedesk.schemas.source_facts import ACCEPTED, QUARANTINED, REPAIRED, UNREADABLE
from savedesk.stages.report.amounts import number, percent

NO_FACTS = {"attributes", "labels", "truth", "valuations"}  # tables for which no feature of Savedesk's own waits


def tables(inputs: Inputs) -> list[dict[str, Any]]:
    """Return what became of the rows of each table, with the rules broken; tables without any row are left out.

    ``touched``: of how many subscribers something is unknown, by the rule of which that is most.
    """
    counts = inputs.frame(source_facts.COUNTS)
    lines = [_line(str(name), part) for name, part in counts.groupby("table")]
    return [line for line in lines if line["rows"]]


def _line(name: str, part: pd.DataFrame) -> dict[str, Any]:
    rows = part.groupby("kind")["rows"].sum().reindex([ACCEPTED, REPAIRED, QUARANTINED], fill_value=0)
    total, repaired, away = int(rows.sum()), int(rows[REPAIRED]), int(rows[QUARANTINED])
    broken = part[part["kind"].isin([QUARANTINED, UNREADABLE]) & (part["rows"] > 0)].sort_values(
        ["rows", "rule"], ascending=[False, True]
    )
    touched = broken["subscribers"].max() if len(broken) else None
    rules = [f"{line['rule']} ({number(line['rows'])})" for line in broken.to_dict("records")]
    share = f" ({percent(away / total, 2)})" if away else ""
    return {
        "name": name,
        "rows": total,
        "accepted": number(total - away),
        "repaired": number(repaired),
        "touched": "" if pd.isna(touched) else number(int(touched)),
        "quarantined": number(away) + share,
        "away": away,
        "rules": rules,
    }


def lacks(inputs: Inputs, facts: dict[str, Any], messages: Catalogue) -> list[str]:
    """Return what the source says it lacks, and the tables of facts that it gives no row of."""
    counts = inputs.frame(source_facts.COUNTS)
    accepted = counts[counts["rule"] == ACCEPTED].groupby("table")["rows"].sum()
    empty = ", ".join(sorted(set(accepted[accepted == 0].index) - NO_FACTS))
    said = [str(lack) for lack in facts.get("lacks") or []]
    return [*said, *([messages.say("lacks_tables", tables=empty)] if empty else [])]
