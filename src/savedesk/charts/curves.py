"""Curves of several rankings: churners that contacts find (gains), and what contacts earn (profit)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from savedesk.charts.legend import FIELD, Legend, Part, apart, named, of_lines
from savedesk.charts.quantity import MONEY, PERCENT, WHOLE, Quantity
from savedesk.charts.style import CAPACITY, DASHES, LEVEL, PAPER, Chart, Colours, framed

OWN = "savedesk"  # the model's own name among those that it is compared with
RANKINGS = ("policy", "probability", "value at risk")
CHANCE = "ranking_random"  # key of its name
FOCUS = 0.1  # the share contacted that the title of the gains speaks of
BASELINES = 3  # that the picture shows beside the model, strongest at the focus first


def curves(
    rows: Any, x: Quantity, y: Quantity, by: str, colours: Colours, tooltip: Sequence[Any] = (), name: str | None = None
) -> Chart:
    """Return one line for each value of a field, told apart by colour and dashes.

    Args:
        rows: points in the order of the lines.
        x: from left to right.
        y: from below to above.
        by: field that names the line.
        colours: of the chart.
        tooltip: what is said of a point.
        name: title of the legend.
    """
    key = apart(by, colours.series, of_lines(title=name, columns=2))
    return alt.Chart(rows).mark_line().encode(x=x.x(), y=y.y(), tooltip=[*tooltip], **key)


def gains_picture(table: pd.DataFrame, words: Mapping[str, str]) -> Chart:
    """Return gains of the model and the strongest baselines, with what the riskiest hold as the title."""
    at_focus = {
        str(name): float(np.interp(FOCUS, part["share"], part["churn_caught"]))
        for name, part in table.groupby("model", sort=False)
    }
    caught = at_focus.pop(OWN)
    shown = [OWN, *sorted(at_focus, key=lambda name: -at_focus[name])[:BASELINES]]
    lines = table[table["model"].isin(shown)]
    lines = lines.assign(**{FIELD: [words[f"model_{name}"] for name in lines["model"]]})
    diagonal = pd.DataFrame({FIELD: words[CHANCE], "share": [0.0, 1.0], "churn_caught": [0.0, 1.0]})
    x = Quantity("share", words["share_contacted"], PERCENT)
    y = Quantity("churn_caught", words["share_caught"], PERCENT)
    chart = alt.Chart(pd.concat([lines, diagonal])).mark_line().encode(x=x.x(), y=y.y())
    key = Legend([*_parts([f"model_{name}" for name in shown], words), _chance(words)], columns=3)
    return framed(key.line(chart), words["gains_title"].format(share=FOCUS, caught=caught))


def profit_picture(table: pd.DataFrame, capacity: float, money: str, words: Mapping[str, str]) -> Chart:
    """Return profit near the capacity, with what the policy's order would have earned as the title.

    Args:
        table: points of each of ``RANKINGS``, and of chance.
        capacity: contacts of the policy at an as_of, mean; 0 draws no line.
        money: name of the currency.
        words: of the chart.
    """
    policy = table[table["ranking"] == "policy"]
    end = _end(table, policy, capacity)
    near = table[table["contacts"] <= end]
    near = near.assign(**{FIELD: [words[f"ranking_{name}"] for name in near["ranking"]]})
    x = Quantity("contacts", words["contacts"], WHOLE)
    y = Quantity("realised_gain", words["gain"].format(money=money), MONEY)
    across = x.x(scale=alt.Scale(domain=[0, max(end, 1)], nice=False))
    drawn = [capacity] if capacity > 0 else []
    limit = [Part(words["capacity"], PAPER.ink, CAPACITY) for _ in drawn]
    key = Legend([*_parts([f"ranking_{name}" for name in RANKINGS], words), _chance(words), *limit], columns=3)
    nothing = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(strokeWidth=0.8).encode(y=y.y("zero"))
    at = alt.Chart(pd.DataFrame({"contacts": drawn})).mark_rule(strokeWidth=1.2).encode(x=across)
    lines = alt.Chart(near).mark_line().encode(x=across, y=y.y())
    earned = float(np.interp(capacity, policy["contacts"], policy["realised_gain"]))
    title = words["profit_title"].format(contacts=capacity, earned=earned, money=money)
    return framed(nothing + key.line(lines) + key.line(named(at, words["capacity"])), title)


def _end(table: pd.DataFrame, policy: pd.DataFrame, capacity: float) -> float:
    """Return how many contacts are shown: three times the capacity, or more where the best list is longer."""
    best = float(policy["contacts"].to_numpy()[policy["realised_gain"].to_numpy().argmax()])
    return min(max(3 * capacity, 1.5 * best, 10), float(table["contacts"].max()))


def _parts(keys: Sequence[str], words: Mapping[str, str]) -> list[Part]:
    return [Part(words[key], colour, dash) for key, colour, dash in zip(keys, PAPER.series, DASHES, strict=False)]


def _chance(words: Mapping[str, str]) -> Part:
    """Return what chance gives; it stands back."""
    return Part(words[CHANCE], PAPER.muted, LEVEL)
