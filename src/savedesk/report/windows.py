"""The windows around each as_of as a picture: what was seen, the time to act, where churn was counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from savedesk.contracts import cohort
from savedesk.inputs import Inputs
from savedesk.report.amounts import number

WIDTH, LEFT, RIGHT, TOP, ROW, BAR = 940, 182, 12, 26, 19, 11  # units of the drawing
COLOURS = {"observed": "var(--series-1)", "lead": "var(--rule)", "outcome": "var(--series-2)"}
FADED = {"embargo": 0.35}  # dates that nothing is made of


def windows_chart(inputs: Inputs, messages: dict[str, str]) -> dict[str, Any]:
    """Return the drawing and the words beside it; no drawing for a snapshot, which has one as_of and no calendar."""
    rows = inputs.frame(cohort.WINDOWS)
    dated = rows["label_known_on"].notna().any()
    counts = rows.groupby("role")["as_of"].count()
    note = messages["windows_note"].format(**{role: int(counts.get(role, 0)) for role in cohort.ROLES})
    if not dated:
        return {"svg": None, "note": messages["windows_snapshot"]}
    return {"svg": _drawing(rows, messages), "note": note}


def _drawing(rows: pd.DataFrame, messages: dict[str, str]) -> Markup:
    first = min(_day(value) for value in rows["observation_start"])
    last = max(_day(value) for value in rows["label_known_on"])
    scale = (WIDTH - LEFT - RIGHT) / max((last - first).days, 1)

    def x(day: dt.date) -> float:
        return round(LEFT + (day - first).days * scale, 1)

    height = TOP + ROW * len(rows) + 6
    shapes = [*_half_years(first, last, x, height)]
    for place, row in enumerate(rows.to_dict("records")):
        shapes += _row({str(name): value for name, value in row.items()}, TOP + place * ROW, x, messages)
    title = escape(messages["windows_alt"].format(first=_day(rows["as_of"].min()), last=_day(rows["as_of"].max())))
    named = f'role="img" aria-labelledby="windows-alt"><title id="windows-alt">{title}</title>'
    return Markup(f'<svg viewBox="0 0 {WIDTH} {height}" {named}{"".join(shapes)}</svg>')  # noqa: S704 - our own shapes


def _half_years(first: dt.date, last: dt.date, x: Any, height: int) -> Iterator[str]:
    """Yield a line and a label at each first of January and of July."""
    for day in [dt.date(year, month, 1) for year in range(first.year, last.year + 1) for month in (1, 7)]:
        if first <= day <= last:
            yield f'<line x1="{x(day)}" y1="{TOP - 6}" x2="{x(day)}" y2="{height}" stroke="var(--rule)"/>'
            place = f'x="{x(day)}" y="{TOP - 11}" font-size="11" fill="var(--muted)" text-anchor="middle"'
            yield f"<text {place}>{day:%Y-%m}</text>"


def _row(row: dict[str, Any], y: int, x: Any, messages: dict[str, str]) -> Iterator[str]:
    as_of, start, end = (_day(row[name]) for name in ("as_of", "outcome_start", "outcome_end"))
    spans = {
        "observed": (_day(row["observation_start"]), as_of),
        "lead": (as_of, start),
        "outcome": (start, end),
    }
    role = messages[f"role_{row['role']}"]
    if pd.notna(row["fold"]):
        role += messages["windows_fold"].format(number=row["fold"])
    label = f"{as_of}  {role}"
    yield f'<g opacity="{FADED.get(row["role"], 1)}">'
    yield f'<text x="0" y="{y + BAR - 1}" font-size="11.5" fill="var(--ink)">{escape(label)}</text>'
    for name, (left, right) in spans.items():
        if right > left:
            yield (
                f'<rect x="{x(left)}" y="{y}" width="{max(round(x(right) - x(left), 1), 0.5)}" height="{BAR}" '
                f'fill="{COLOURS[name]}"><title>{escape(_said(name, row, left, right, messages))}</title></rect>'
            )
    known = x(_day(row["label_known_on"]))
    ends = f'x1="{known}" y1="{y - 2}" x2="{known}" y2="{y + BAR + 2}"'
    yield f'<line {ends} stroke="var(--ink)" stroke-width="1.5"/></g>'


def _said(name: str, row: dict[str, Any], left: dt.date, right: dt.date, messages: dict[str, str]) -> str:
    until = right - dt.timedelta(days=1)
    if name == "outcome" and pd.isna(row["churners"]):
        name = "unripe"
    churners = number(row["churners"]) if pd.notna(row["churners"]) else ""
    return messages[f"tip_{name}"].format(first=left, last=until, rows=number(row["rows"]), churners=churners)


def _day(value: Any) -> dt.date:
    return pd.Timestamp(value).date()
