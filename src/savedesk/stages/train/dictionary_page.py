"""The feature dictionary as a page: every declaration, and what the training rows of the last run say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from savedesk.errors import printable

BARS = "▁▂▃▄▅▆▇█"
SIGNS = {1: "rises", -1: "falls", 0: ""}
HEAD = """# Feature dictionary

{count} features of source `{source}`. Missing share and churn rate are those of the training rows of the last run, up
to {last}. Churn by decile goes from the lowest values to the highest: the rate in the lowest and the highest decile,
and a bar for each in between; equal values share a decile. A text shows its commonest values. "Risk rises" and "risk
falls" stand where that is known beforehand. The sentence is what an agent reads where the feature is the reason.
"""


def dictionary_page(dictionary: pd.DataFrame, statistics: pd.DataFrame, source: str, last: str) -> str:
    """Return the page as Markdown.

    Args:
        dictionary: contract ``feature_dictionary``.
        statistics: contract ``feature_statistics``.
        source: name of the source.
        last: newest as_of among the training rows.
    """
    by_name = dict(iter(statistics.groupby("name")))
    parts = [HEAD.format(count=len(dictionary), source=source, last=last)]
    for family, features in dictionary.groupby("family", sort=False):
        parts.append(f"## {family}\n\n| feature | what a value says | missing | churn by decile |\n|---|---|---|---|")
        parts[-1] += "".join(f"\n{_line(row, by_name.get(row['name']))}" for row in _rows(features))
        parts[-1] += "\n"
    return printable("\n".join(parts))


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _line(row: dict[str, Any], known: pd.DataFrame | None) -> str:
    return f"| `{row['name']}` | {'<br>'.join(_words(row))} | {_missing(known)} | {_churn(row, known)} |"


def _words(row: dict[str, Any]) -> Iterator[str]:
    """Yield what the declaration says, line by line."""
    yield str(row["meaning"])
    notes = [str(row["unit"])] if _given(row["unit"]) else []
    notes.append(f"window {row['window']}")
    notes.append("missing without facts" if not _given(row["empty"]) else f"{row['empty']:g} without facts")
    if SIGNS[int(row["direction"])]:
        notes.append(f"risk {SIGNS[int(row['direction'])]} with it")
    if _given(row["fitted_from"]):
        notes.append(f"fitted from `{row['fitted_from']}` on the training rows of each fold")
    yield f"*{'; '.join(notes)}*"
    if _given(row["reason"]) and _given(row["sentence_en"]):
        yield f"{row['reason']}: {row['sentence_en']} / {row['sentence_zh']}"


def _plain(name: object) -> str:
    """Return a name from the data so that Markdown takes it for text within a cell."""
    return re.sub(r"([\\`*\[\]<>|#])", r"\\\1", " ".join(str(name).split()))


def _given(value: Any) -> bool:
    return value is not None and value == value  # noqa: PLR0124 - NaN differs from itself


def _missing(known: pd.DataFrame | None) -> str:
    if known is None:
        return "-"
    return f"{float(known.loc[known['band'] == 0, 'share'].sum()):.1%}"


def _churn(row: dict[str, Any], known: pd.DataFrame | None) -> str:
    there = known[(known["band"] > 0) & known["churn_rate"].notna()] if known is not None else None
    if there is None or there.empty:
        return "-"
    rates = there["churn_rate"].tolist()
    if row["dtype"] == "string":
        return ", ".join(f"{_plain(name)} {rate:.1%}" for name, rate in zip(there["up_to"], rates, strict=True))
    if len(rates) == 1:
        return f"{rates[0]:.1%}"
    top = max(rates) or 1.0
    bars = "".join(BARS[min(int(rate / top * len(BARS)), len(BARS) - 1)] for rate in rates)
    return f"{rates[0]:.1%} {bars} {rates[-1]:.1%}"
