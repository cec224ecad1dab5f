"""The drawings of the report as Vega-Lite, without their data. Colours are the page's own, which light and dark set."""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt

from savedesk.schemas.summaries import QUADRANTS
from savedesk.stages.report.wording import Wording

MAIN, SECOND, THIRD, FOURTH, OTHER = (f"var(--series-{place})" for place in range(1, 6))
SERIES = [MAIN, SECOND, THIRD, FOURTH, OTHER]
MANY = [
    *SERIES,
    *(f"color-mix(in srgb, var(--series-{place}) 50%, var(--card))" for place in range(1, 6)),
    *(f"color-mix(in srgb, var(--series-{place}) 65%, var(--ink))" for place in range(1, 5)),
]
ROWS = alt.NamedData(name="rows")
SHARE, WHOLE, MONEY = ".1~%", ",~d", ",.0f"


@cache
def specs(wording: Wording) -> dict[str, dict[str, Any]]:
    """Return every drawing by name, in the language of the run."""
    say = wording.say
    at_risk = say("axis_money", currency=wording.currency)
    made = {
        "churn_types": _stacked("when", "churners", "type", say("as_of"), say("churners"), WHOLE, SERIES),
        "churn_rate": _rates(say("as_of"), say("churn_rate")),
        "money_by_month": _money_by_month(say("as_of"), at_risk),
        "capacity": _capacity(say("capacity_share"), say("gain_in", currency=wording.currency), say),
        "reasons_by_month": _stacked("when", "share", "reason", say("as_of"), say("share_at_risk"), SHARE, MANY),
        "reasons_by_region": _heat(say("share_at_risk")),
        "groups": _groups(say("churn_rate"), say("these"), say("compared")),
        "groups_alone": _groups_alone(say("churn_rate")),
        "by_month_of_tenure": _by_month_of_tenure(say("tenure_axis"), say("churn_rate")),
        "matrix": _matrix(say("performance"), say("importance"), [wording.word("quadrant", one) for one in QUADRANTS]),
        "kept": _kept(say("kept"), say("came"), say("was_promised"), say("truth")),
        "survival_card": _survival_card(say("months_ahead"), say("still_there")),
        "calibration": _calibration(say("predicted"), say("observed")),
        "gains": _curves("share", "churn_caught", "model", say("contacted_share"), say("churn_caught"), "%", "%"),
        "profit": _curves("contacts", "realised_gain", "ranking", say("contacts"), at_risk, WHOLE, MONEY),
        "survival": _survival(say("months_ahead"), say("gone_share")),
        "windows": _windows(),
    }
    return {name: _bare(one) for name, one in made.items()}


def _bare(drawing: Any) -> dict[str, Any]:
    made: dict[str, Any] = drawing.to_dict(validate=True)
    for key in ("$schema", "config", "data"):
        made.pop(key, None)
    return made


def _tip(*fields: str) -> list[alt.Tooltip]:
    """Return what is told of a mark: fields of the data that hold words, named by the data itself."""
    return [alt.Tooltip(f"{field}:N", title=" ") for field in fields]


def _x(field: str, title: str, **more: Any) -> alt.X:
    return alt.X(f"{field}:O", title=title, sort=None, **more)


def _stacked(x: str, y: str, by: str, x_title: str, y_title: str, form: str, colours: list[str]) -> Any:
    return (
        alt.Chart(ROWS, height=260)
        .mark_bar(cornerRadius=1, invalid=None)
        .encode(
            x=_x(x, x_title, scale=alt.Scale(paddingInner=0.28)),
            y=alt.Y(f"{y}:Q", title=y_title, axis=alt.Axis(format=form)),
            color=alt.Color(
                f"{by}:N", sort=None, scale=alt.Scale(range=colours), legend=alt.Legend(title=None, columns=5)
            ),
            order=alt.Order("place:Q"),
            tooltip=_tip(x, by, f"{y}_t"),
        )
    )


def _rates(x_title: str, y_title: str) -> Any:
    base = alt.Chart(ROWS, height=240).encode(x=_x("when", x_title, scale=alt.Scale(padding=0.4)))
    colour = alt.Color(
        "series:N",
        sort=None,
        scale=alt.Scale(range=[MAIN, OTHER, SECOND]),
        legend=alt.Legend(title=None, symbolOpacity=1),
    )
    y = alt.Y("rate:Q", title=y_title, axis=alt.Axis(format=SHARE), scale=alt.Scale(zero=True))
    band = base.mark_area(opacity=0.16).encode(y=alt.Y("low:Q", title=y_title), y2="high:Q", color=colour)
    line = base.mark_line(point=alt.OverlayMarkDef(size=42)).encode(
        y=y, color=colour, tooltip=_tip("when", "series", "rate_t")
    )
    return band + line


def _money_by_month(x_title: str, y_title: str) -> Any:
    return (
        alt.Chart(ROWS, height=240)
        .mark_bar(cornerRadius=1, invalid=None)
        .encode(
            x=_x("when", x_title),
            xOffset=alt.XOffset("series:N", sort=None),
            y=alt.Y("money:Q", title=y_title, axis=alt.Axis(format=MONEY)),
            color=alt.Color(
                "series:N", sort=None, scale=alt.Scale(range=[MAIN, SECOND]), legend=alt.Legend(title=None)
            ),
            tooltip=_tip("when", "series", "money_t"),
        )
    )


def _capacity(x_title: str, y_title: str, say: Any) -> Any:
    base = alt.Chart(ROWS, height=260).encode(
        x=alt.X("share:Q", title=x_title, axis=alt.Axis(format="~%")),
        y=alt.Y("gain:Q", title=y_title, axis=alt.Axis(format=MONEY)),
        tooltip=_tip("share_t", "contacts_t", "gain_t"),
    )
    line = base.mark_line(color=MAIN, point=alt.OverlayMarkDef(color=MAIN, size=34))
    chosen = base.transform_filter("datum.chosen")
    dot = chosen.mark_point(color=SECOND, filled=True, size=150, opacity=1)
    words = chosen.mark_text(align="left", dx=11, dy=14, color=SECOND, fontWeight=600).encode(
        text=alt.value(say("chosen_point"))
    )
    return line + dot + words


def _heat(legend: str) -> Any:
    return (
        alt.Chart(ROWS)
        .mark_rect(color=MAIN, stroke="var(--card)")
        .encode(
            x=alt.X(
                "reason:N",
                title=None,
                sort=None,
                axis=alt.Axis(orient="top", labelAngle=-35, labelOverlap=False, labelLimit=120),
            ),
            y=alt.Y("region:N", title=None, sort=None),
            opacity=alt.Opacity(
                "share:Q",
                title=legend,
                scale=alt.Scale(range=[0.04, 1]),
                legend=alt.Legend(format="~%", symbolFillColor=MAIN, symbolStrokeWidth=0, orient="bottom"),
            ),
            tooltip=_tip("region", "reason", "share_t"),
        )
    )


def _groups(x_title: str, these: str, compared: str) -> Any:
    base = alt.Chart(ROWS).encode(y=alt.Y("group:N", title=None, sort=None, axis=alt.Axis(labelLimit=260)))
    key = alt.Scale(domain=[these, compared], range=[MAIN, SECOND])
    legend = alt.Legend(title=None, symbolType="stroke", symbolStrokeWidth=3)
    tick = base.mark_tick(thickness=3, height=24, opacity=1).encode(
        x=alt.X("compared:Q", title=x_title), color=alt.Color("series:N", scale=key, legend=legend)
    )
    named = base.mark_point(opacity=0).encode(x=_rate(x_title), color=alt.Color("named:N", scale=key))
    return _groups_alone(x_title) + named + tick


def _groups_alone(x_title: str) -> Any:
    base = alt.Chart(ROWS).encode(y=alt.Y("group:N", title=None, sort=None, axis=alt.Axis(labelLimit=260)))
    tip = _tip("group", "rate_t", "compared_t")
    bar = base.mark_bar(height=16, color=MAIN, opacity=0.85, cornerRadiusEnd=2).encode(x=_rate(x_title), tooltip=tip)
    return bar + base.mark_rule(color="var(--ink)").encode(x=alt.X("low:Q", title=x_title), x2="high:Q")


def _rate(title: str) -> alt.X:
    return alt.X("rate:Q", title=title, axis=alt.Axis(format=SHARE, grid=True), scale=alt.Scale(zero=True))


def _by_month_of_tenure(x_title: str, y_title: str) -> Any:
    base = alt.Chart(ROWS, height=260).encode(x=_x("group", x_title))
    band = base.mark_area(opacity=0.16, color=MAIN).encode(y=alt.Y("low:Q", title=y_title), y2="high:Q")
    line = base.mark_line(color=MAIN, point=alt.OverlayMarkDef(color=MAIN, size=22)).encode(
        y=alt.Y("rate:Q", title=y_title, axis=alt.Axis(format=SHARE)), tooltip=_tip("group", "rate_t")
    )
    return band + line


def _matrix(x_title: str, y_title: str, quadrants: list[str]) -> Any:
    base = alt.Chart(ROWS, height=380)
    x = alt.X("performance:Q", title=x_title, scale=alt.Scale(zero=False, padding=34), axis=alt.Axis(grid=False))
    y = alt.Y(
        "importance:Q", title=y_title, scale=alt.Scale(zero=False, padding=30), axis=alt.Axis(grid=False, ticks=True)
    )
    lines = base.mark_rule(strokeDash=[4, 4], color="var(--muted)")
    across = lines.encode(y=alt.Y("mean(importance_line):Q", title=y_title))
    down = lines.encode(x=alt.X("mean(performance_line):Q", title=x_title))
    spread = base.mark_rule(color=OTHER, opacity=0.6)
    dots = base.mark_point(filled=True, size=130, opacity=1).encode(
        x=x,
        y=y,
        color=alt.Color(
            "quadrant:N",
            scale=alt.Scale(domain=quadrants, range=[FOURTH, SECOND, MAIN, OTHER]),
            legend=alt.Legend(title=None),
        ),
        tooltip=_tip("process", "quadrant", "performance_t", "importance_t"),
    )
    words = base.mark_text(align="left", dx=8, dy=-10).encode(x=x, y=y, text="process:N")
    return (
        spread.encode(x=x, y=alt.Y("importance_low:Q", title=y_title), y2="importance_high:Q")
        + spread.encode(y=y, x=alt.X("performance_low:Q", title=x_title), x2="performance_high:Q")
        + across
        + down
        + dots
        + words
    )


def _kept(x_title: str, came: str, promised: str, true: str) -> Any:
    key = alt.Scale(domain=[came, promised, true], range=[MAIN, SECOND, FOURTH])
    base = alt.Chart(ROWS).encode(y=alt.Y("group:N", title=None, sort=None, axis=alt.Axis(labelLimit=260)))
    ends = base.mark_rule(color=MAIN, strokeWidth=2).encode(x=alt.X("low:Q", title=x_title), x2="high:Q")
    zero = alt.Chart(ROWS).mark_rule(color="var(--muted)", strokeDash=[3, 3]).encode(x=alt.datum(0))
    dots = base.mark_point(filled=True, size=95, opacity=1).encode(
        x=alt.X("kept:Q", title=x_title, axis=alt.Axis(grid=True)),
        color=alt.Color("series:N", scale=key, legend=alt.Legend(title=None)),
        shape=alt.Shape(
            "series:N",
            scale=alt.Scale(domain=[came, promised, true], range=["circle", "triangle-up", "diamond"]),
            legend=alt.Legend(title=None),
        ),
        tooltip=_tip("group", "series", "kept_t"),
    )
    return zero + ends + dots


def _survival_card(x_title: str, y_title: str) -> Any:
    base = alt.Chart(ROWS, height=190).encode(
        x=alt.X("month:Q", title=x_title, axis=alt.Axis(tickMinStep=1)),
        y=alt.Y("share:Q", title=y_title, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="~%")),
    )
    return base.mark_area(color=MAIN, opacity=0.14) + base.mark_line(
        color=MAIN, point=alt.OverlayMarkDef(color=MAIN, size=26)
    ).encode(tooltip=_tip("month", "share_t"))


def _calibration(x_title: str, y_title: str) -> Any:
    base = alt.Chart(ROWS, height=260)
    x = alt.X("predicted:Q", title=x_title, axis=alt.Axis(format=SHARE))
    diagonal = base.mark_line(color=OTHER, strokeDash=[4, 4], strokeWidth=1.5).encode(
        x=x, y=alt.Y("predicted:Q", title=y_title)
    )
    ends = base.mark_rule(color=MAIN).encode(x=x, y=alt.Y("low:Q", title=y_title), y2="high:Q")
    dots = base.mark_point(color=MAIN, filled=True, size=60, opacity=1).encode(
        x=x,
        y=alt.Y("observed:Q", title=y_title, axis=alt.Axis(format=SHARE)),
        tooltip=_tip("predicted_t", "observed_t"),
    )
    return diagonal + ends + dots


def _curves(x: str, y: str, by: str, x_title: str, y_title: str, x_form: str, y_form: str) -> Any:
    return (
        alt.Chart(ROWS, height=260)
        .mark_line()
        .encode(
            x=alt.X(f"{x}:Q", title=x_title, axis=alt.Axis(format=x_form)),
            y=alt.Y(f"{y}:Q", title=y_title, axis=alt.Axis(format=y_form)),
            color=alt.Color(
                f"{by}:N",
                sort=None,
                scale=alt.Scale(range=[*SERIES, MANY[5]]),
                legend=alt.Legend(title=None, columns=2, symbolType="stroke", symbolStrokeWidth=3),
            ),
            tooltip=_tip(by, f"{x}_t", f"{y}_t"),
        )
    )


def _survival(x_title: str, y_title: str) -> Any:
    return (
        alt.Chart(ROWS, height=260)
        .mark_line(point=alt.OverlayMarkDef(size=30))
        .encode(
            x=alt.X("month:Q", title=x_title, axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("gone:Q", title=y_title, axis=alt.Axis(format="~%")),
            color=alt.Color("sample:N", sort=None, scale=alt.Scale(range=SERIES), legend=alt.Legend(title=None)),
            strokeDash=alt.StrokeDash(
                "series:N", sort=None, legend=alt.Legend(title=None, symbolType="stroke", orient="bottom")
            ),
            tooltip=_tip("month", "sample", "series", "gone_t"),
        )
    )


def _windows() -> Any:
    return (
        alt.Chart(ROWS)
        .mark_bar(height=11)
        .encode(
            y=alt.Y("line:N", title=None, sort=None, axis=alt.Axis(labelLimit=220)),
            x=alt.X("first:T", title=None, axis=alt.Axis(format="%Y-%m", grid=True)),
            x2="last:T",
            color=alt.Color(
                "part:N",
                sort=None,
                scale=alt.Scale(range=[MAIN, "var(--rule)", SECOND, "var(--ink)"]),
                legend=alt.Legend(title=None),
            ),
            opacity=alt.Opacity("strength:Q", scale=None, legend=None),
            tooltip=_tip("said"),
        )
    )
