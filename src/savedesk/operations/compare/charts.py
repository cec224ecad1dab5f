"""The charts of the page as inline SVG in its colours."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from savedesk.charts.calibration import calibration_of_runs
from savedesk.charts.forest import differences
from savedesk.charts.rendering import svg
from savedesk.charts.style import PAGE
from savedesk.operations.compare.comparison import Comparison
from savedesk.operations.compare.paired import Paired

MOST_SLICES = 16
WORDS = {
    "within": "within chance",
    "off": "beyond chance",
    "predicted": "predicted churn",
    "observed": "observed churn",
}


def by_day(pair: Comparison) -> Markup:
    """Draw the difference of profit with its interval, over all as_of dates and of each."""
    assert pair.paired is not None  # noqa: S101 - for the type checker
    lines = [
        {
            "name": "all" if name == "profit" else name.removeprefix("profit "),
            "value": figure.value,
            "low": figure.low,
            "high": figure.high,
        }
        for name, figure in pair.paired.figures.items()
        if name == "profit" or name.startswith("profit ")
    ]
    return _differences(pd.DataFrame(lines), pair)


def by_slice(pair: Comparison) -> Markup:
    """Draw the difference of profit in the slices where it is largest."""
    assert pair.paired is not None  # noqa: S101 - for the type checker
    slices = pair.paired.slices
    first = slices.loc[slices["profit"].abs().nlargest(MOST_SLICES).index].sort_values("profit")
    names = [f"{line['slice_by'].replace('_', ' ')}: {line['slice']}" for line in first.to_dict("records")]
    shown = {"name": names, "value": first["profit"], "low": first["profit_low"], "high": first["profit_high"]}
    return _differences(pd.DataFrame(shown), pair)


def calibration(pair: Comparison) -> Markup:
    """Draw predicted against observed churn of both runs on the rows of both."""
    assert pair.paired is not None  # noqa: S101 - for the type checker
    return _inline(calibration_of_runs(pair.paired.calibration, ("a", "b"), WORDS))


def _differences(rows: pd.DataFrame, pair: Comparison) -> Markup:
    return _inline(differences(rows, {**WORDS, "axis": f"b - a, money {pair.span}"}, PAGE))


def _inline(chart: object) -> Markup:
    return Markup(svg(chart, PAGE))  # noqa: S704 - drawn by us


def has_charts(paired: Paired | None) -> bool:
    """Return whether there is anything to draw."""
    return paired is not None and len(paired.slices) > 0
