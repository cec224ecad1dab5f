"""Charts as SVG text. The same figures give the same bytes: no date, no random ids."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from savedesk.errors import printable
from savedesk.locales.catalogue import Texts

TEXTS = Texts("terms", "charts")
INK, MUTED, GRID = "#24303b", "#66757f", "#d9e0e5"
# Told apart in the common forms of colour blindness, and by their dashes when printed in grey.
SERIES = (("#0f6c8c", "-"), ("#c05a1f", "--"), ("#7b5aa6", "-."), ("#4d7d3a", ":"))
STYLE: Any = {
    "svg.hashsalt": "savedesk",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": False,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
}
NO_METADATA: dict[str, Any] = {"Date": None, "Creator": None, "Format": None, "Type": None}
SIZE = (6.6, 4.2)  # inches
RANKINGS = ("policy", "probability", "value at risk", "random")
SLICES_SHOWN = ("tier", "segment", "region")
CALIBRATED = ("churn_type", "as_of", "tier", "segment", "region")
FOCUS = 0.1  # the share contacted that the title of the gains chart speaks of


def charts(made: Mapping[str, pd.DataFrame], capacity: float, currency: str, language: str) -> dict[str, str]:
    """Return the charts by file name; a chart without figures is left out.

    Args:
        made: the tables figures, calibration, gains, profit and survival.
        capacity: contacts of the policy at an as_of, mean.
        currency: unit of money, may be empty.
        language: ``en`` or ``zh``.
    """
    words = TEXTS.of(language)
    money = _plain_text(currency or words["money"])
    drawn: dict[str, str] = {}
    with mpl.rc_context(STYLE), _silent_about_glyphs():
        if len(made["calibration"]):
            drawn["calibration.svg"] = _calibration(made["calibration"], words)
        if len(made["gains"]):
            drawn["gains.svg"] = _gains(made["gains"], words)
        if len(made["profit"]):
            drawn["profit.svg"] = _profit(made["profit"], capacity, money, words)
        if len(made["survival"]):
            drawn["survival.svg"] = _survival(made["survival"], words)
        shown = made["figures"]
        shown = shown[(shown["metric"] == "auc") & shown["slice_by"].isin(SLICES_SHOWN) & shown["value"].notna()]
        if len(shown):
            drawn["slices.svg"] = _slices(shown, words)
        gaps = made["figures"]
        gaps = gaps[(gaps["metric"] == "calibration_gap") & gaps["slice_by"].isin(CALIBRATED) & gaps["value"].notna()]
        if len(gaps):
            drawn["calibration_slices.svg"] = _calibration_slices(gaps, words)
    return drawn


@contextmanager
def _silent_about_glyphs() -> Iterator[None]:
    """Text stays text in the SVG, so the reader's font draws it and not the one that measures it here."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def _axes(title: str, x: str, y: str, size: tuple[float, float] = SIZE) -> tuple[Figure, Any]:
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.tick_params(length=0)
    return figure, axes


def _svg(figure: Figure) -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata=NO_METADATA)
    return printable(buffer.getvalue())


def _calibration(table: pd.DataFrame, words: Mapping[str, str]) -> str:
    top = table.iloc[-1]
    title = words["calibration_title"].format(predicted=top["predicted"], observed=top["observed"])
    figure, axes = _axes(title, words["predicted"], words["observed"])
    end = float(max(table["high"].max(), table["predicted"].max())) * 1.05
    axes.plot([0, end], [0, end], color=MUTED, linestyle=":", linewidth=1.2, label=words["perfect"])
    spread = np.array([table["observed"] - table["low"], table["high"] - table["observed"]]).clip(0)
    colour = SERIES[0][0]
    axes.errorbar(
        table["predicted"], table["observed"], yerr=spread, fmt="o", color=colour, capsize=3, label=words["group"]
    )
    axes.set(xlim=(0, end), ylim=(0, end))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1, decimals=0 if end > 0.05 else 1))  # noqa: PLR2004 - ticks closer than a percent
    axes.legend(loc="upper left")
    return _svg(figure)


def _gains(table: pd.DataFrame, words: Mapping[str, str]) -> str:
    at_focus = {
        str(name): float(np.interp(FOCUS, part["share"], part["churn_caught"]))
        for name, part in table.groupby("model", sort=False)
    }
    caught = at_focus.pop("savedesk")
    strongest = sorted(at_focus, key=lambda name: -at_focus[name])[: len(SERIES) - 1]
    table = table[table["model"].isin(["savedesk", *strongest])]
    figure, axes = _axes(
        words["gains_title"].format(share=FOCUS, caught=caught), words["share_contacted"], words["share_caught"]
    )
    for (name, part), (colour, dashes) in zip(table.groupby("model", sort=False), SERIES, strict=False):
        axes.plot(part["share"], part["churn_caught"], color=colour, linestyle=dashes, label=words[f"model_{name}"])
    axes.plot([0, 1], [0, 1], color=MUTED, linestyle=":", linewidth=1.2, label=words["ranking_random"])
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.legend(loc="lower right")
    return _svg(figure)


def _profit(table: pd.DataFrame, capacity: float, money: str, words: Mapping[str, str]) -> str:
    policy = table[table["ranking"] == "policy"]
    earned = float(np.interp(capacity, policy["contacts"], policy["realised_gain"]))
    title = words["profit_title"].format(contacts=capacity, earned=earned, money=money)
    figure, axes = _axes(title, words["contacts"], words["gain"].format(money=money))
    best = float(policy["contacts"].to_numpy()[policy["realised_gain"].to_numpy().argmax()])
    end = min(max(3 * capacity, 1.5 * best, 10), float(table["contacts"].max()))
    near = table[table["contacts"] <= end]
    for name, (colour, dashes) in zip(RANKINGS, (*SERIES[:3], (MUTED, ":")), strict=True):
        part = near[near["ranking"] == name]
        axes.plot(
            part["contacts"], part["realised_gain"], color=colour, linestyle=dashes, label=words[f"ranking_{name}"]
        )
    axes.axhline(0, color=MUTED, linewidth=0.8)
    if capacity > 0:
        axes.axvline(capacity, color=INK, linewidth=1, linestyle=(0, (2, 3)), label=words["capacity"])
    axes.set_xlim(0, max(end, 1))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.legend(loc="best")
    return _svg(figure)


def _survival(table: pd.DataFrame, words: Mapping[str, str]) -> str:
    last = table.iloc[int(table["month"].to_numpy().argmax())]
    title = words["survival_title"].format(month=last["month"], observed=last["observed"], predicted=last["predicted"])
    figure, axes = _axes(title, words["months_ahead"], words["gone_share"])
    for (name, part), (colour, dashes) in zip(table.groupby("sample", sort=False), SERIES, strict=False):
        axes.plot(part["month"], part["predicted"], color=colour, linestyle=dashes, label=words[f"predicted_{name}"])
        axes.plot(part["month"], part["observed"], "o", color=colour, label=words[f"observed_{name}"])
    axes.set(xlim=(0, float(last["month"]) + 0.5), ylim=(0, None))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.legend(loc="upper left")
    return _svg(figure)


def _slices(table: pd.DataFrame, words: Mapping[str, str]) -> str:
    order = {name: place for place, name in enumerate(SLICES_SHOWN)}
    shown = table.assign(place=table["slice_by"].map(order)).sort_values(
        ["place", "value", "slice"], ascending=[False, True, True]
    )
    weakest = shown.iloc[shown["value"].to_numpy().argmin()]
    title = words["slices_title"].format(slice=_plain_text(weakest["slice"]), auc=weakest["value"])
    figure, axes = _axes(title, words["auc_axis"], "", (SIZE[0], 1.4 + 0.24 * len(shown)))
    places = np.arange(len(shown))
    colours = {name: SERIES[place][0] for name, place in order.items()}
    for name in SLICES_SHOWN:
        here = (shown["slice_by"] == name).to_numpy()
        part = shown[here]
        if len(part):
            spread = np.array([part["value"] - part["low"], part["high"] - part["value"]]).clip(0)
            style = {"fmt": "osD"[order[name]], "color": colours[name], "markersize": 5, "linewidth": 1.5}
            axes.errorbar(part["value"], places[here], xerr=spread, label=words[f"name_{name}"], **style)
    axes.axvline(0.5, color=MUTED, linestyle=":", linewidth=1.2, label=words["chance"])
    axes.set_yticks(places, [_plain_text(value) for value in shown["slice"]])
    axes.set_ylim(-0.7, len(shown) - 0.3)
    axes.grid(visible=False, axis="y")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.5 / (0.24 * len(shown) + 0.7) - 0.02), ncols=4)
    return _svg(figure)


def _calibration_slices(table: pd.DataFrame, words: Mapping[str, str]) -> str:
    order = {name: place for place, name in enumerate(CALIBRATED)}
    shown = table.assign(place=table["slice_by"].map(order)).sort_values(
        ["place", "value", "slice"], ascending=[False, True, True]
    )
    off = ((shown["low"] > 0) | (shown["high"] < 0)).to_numpy()
    title = words["calibration_slices_title"].format(off=off.sum(), all=len(shown))
    figure, axes = _axes(title, words["gap_axis"], "", (SIZE[0], 1.4 + 0.24 * len(shown)))
    places = np.arange(len(shown))
    for here, label, marker, (colour, _) in ((~off, "within", "o", SERIES[0]), (off, "off", "D", SERIES[1])):
        part = shown[here]
        if len(part):
            spread = np.array([part["value"] - part["low"], part["high"] - part["value"]]).clip(0)
            style = {"fmt": marker, "color": colour, "markersize": 5, "linewidth": 1.5}
            axes.errorbar(part["value"], places[here], xerr=spread, label=words[label], **style)
    axes.axvline(0, color=MUTED, linestyle=":", linewidth=1.2, label=words["perfect"])
    named = [
        f"{words[f'name_{one}']}: {_plain_text(value)}"
        for one, value in zip(shown["slice_by"], shown["slice"], strict=True)
    ]
    axes.set_yticks(places, named)
    axes.set_ylim(-0.7, len(shown) - 0.3)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:+.1f}"))
    axes.grid(visible=False, axis="y")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.5 / (0.24 * len(shown) + 0.7) - 0.02), ncols=3)
    return _svg(figure)


def _plain_text(value: object) -> str:
    """Return a name from the data so that it is neither read as a formula nor steers anything."""
    return printable(str(value)).replace("$", r"\$")
