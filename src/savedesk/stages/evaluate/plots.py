"""The charts of the stage as SVG files, in the words of the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from savedesk.charts.calibration import calibration_picture
from savedesk.charts.curves import gains_picture, profit_picture
from savedesk.charts.forest import CALIBRATED, RANKED, calibration_of_groups, ranking_of_groups
from savedesk.charts.rendering import svg
from savedesk.charts.style import Chart
from savedesk.charts.survival import survival_picture
from savedesk.locales.catalogue import Texts

TEXTS = Texts("terms", "charts")


def charts(tables: Mapping[str, pd.DataFrame], capacity: float, currency: str, language: str) -> dict[str, str]:
    """Return the charts by file name; a chart without figures is left out.

    Args:
        tables: figures, calibration, gains, profit and survival.
        capacity: contacts of the policy at an as_of, mean.
        currency: unit of money, may be empty.
        language: ``en`` or ``zh``.
    """
    words = TEXTS.of(language)
    money = currency or words["money"]
    drawings: dict[str, tuple[Callable[..., Chart], pd.DataFrame, tuple[Any, ...]]] = {
        "calibration": (calibration_picture, tables["calibration"], ()),
        "gains": (gains_picture, tables["gains"], ()),
        "profit": (profit_picture, tables["profit"], (capacity, money)),
        "survival": (survival_picture, tables["survival"], ()),
        "slices": (ranking_of_groups, _of_groups(tables["figures"], "auc", RANKED), ()),
        "calibration_slices": (calibration_of_groups, _of_groups(tables["figures"], "calibration_gap", CALIBRATED), ()),
    }
    return {
        f"{name}.svg": svg(draw(table, *more, words)) for name, (draw, table, more) in drawings.items() if len(table)
    }


def _of_groups(figures: pd.DataFrame, metric: str, ways: Sequence[str]) -> pd.DataFrame:
    return figures[(figures["metric"] == metric) & figures["slice_by"].isin(ways) & figures["value"].notna()]
