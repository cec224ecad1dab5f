"""The windows around each as_of as a drawing: what was seen, the time to act, where churn was counted."""

from __future__ import annotations

from typing import Any

import pandas as pd

from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import cohort
from savedesk.stages.report.amounts import number
from savedesk.stages.report.blocks import Block, chart, note
from savedesk.stages.report.summaries import Row
from savedesk.stages.report.wording import Wording, known

FADED = {"embargo": 0.35}  # dates that nothing is made of
PARTS = {  # part -> where it begins and ends
    "observed": ("observation_start", "as_of"),
    "lead": ("as_of", "outcome_start"),
    "outcome": ("outcome_start", "outcome_end"),
}
STEP = 19  # height of a line
MARK = pd.Timedelta(days=4)  # width of the mark of the day on which labels were known


def windows_chart(inputs: Inputs, wording: Wording) -> Block:
    """Return the drawing; a remark in its place for a snapshot, which has one as_of and no calendar."""
    frame = inputs.frame(cohort.WINDOWS)
    if not frame["label_known_on"].notna().any():
        return note(wording.say("windows_snapshot"))
    counts = frame.groupby("role")["as_of"].count()
    said = wording.say("windows_note", **{role: int(counts.get(role, 0)) for role in cohort.ROLES})
    rows = [
        bar
        for row in frame.to_dict("records")
        for bar in _bars({str(key): value for key, value in row.items()}, wording)
    ]
    ends = {"first": f"{frame['as_of'].min():%Y-%m-%d}", "last": f"{frame['as_of'].max():%Y-%m-%d}"}
    columns = [
        (wording.say("as_of"), "line", False),
        (wording.say("windows_part"), "part", False),
        (wording.say("windows_said"), "said", False),
    ]
    height = STEP * len(frame)
    alt = wording.say("windows_alt", **ends)
    return chart("windows", wording.say("windows_head"), alt, rows, columns, note=said, height=height)


def _bars(row: Row, wording: Wording) -> list[dict[str, Any]]:
    line = f"{_day(row['as_of'])}  {wording.word('role', row['role'])}"
    if known(row["fold"]):
        line += wording.say("windows_fold", number=row["fold"])
    spans = [(part, row[start], row[end]) for part, (start, end) in PARTS.items() if row[end] > row[start]]
    shared = {"line": line, "strength": FADED.get(row["role"], 1)}
    bars = [_bar(part, start, end, row, wording) | shared for part, start, end in spans]
    day = pd.Timestamp(row["label_known_on"])
    end = (day + MARK).date()
    mark = {
        "part": wording.say("windows_known"),
        "first": _day(day),
        "last": f"{end}",
        "said": wording.say("tip_known", day=_day(day)),
    }
    return [*bars, mark | shared]


def _bar(part: str, start: Any, end: Any, row: Row, wording: Wording) -> dict[str, Any]:
    until = _day(pd.Timestamp(end) - pd.Timedelta(days=1))
    churners = number(row["churners"]) if known(row["churners"]) else ""
    key = "unripe" if part == "outcome" and not churners else part
    said = wording.say(f"tip_{key}", first=_day(start), last=until, rows=number(row["rows"]), churners=churners)
    return {"part": wording.say(f"windows_{part}"), "first": _day(start), "last": _day(end), "said": said}


def _day(value: Any) -> str:
    return f"{pd.Timestamp(value):%Y-%m-%d}"
