"""Print runs side by side, money first."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from rich.markup import escape

from savedesk.metrics.declaration import Metric, Place
from savedesk.metrics.registry import shown_in
from savedesk.operations.compare.comparison import BETTER, WORSE, Comparison, between, money, own_profit
from savedesk.operations.compare.paired import SIDES
from savedesk.operations.review.show_view import console, table_of
from savedesk.stages.evaluate.bootstrap import Figure

STYLES = {BETTER: "bold green", WORSE: "bold red"}
MOST = 8  # rows of a kind
SLICE_HEADS = ("slice", "rows", "profit a", "b - a", "interval", "log loss b - a", "interval")
MOVED_HEADS = ("subscriber", "rank", "tier", "segment", "region", "action", "expected gain")
HEADS = ("", "a", "b", "b - a", "interval")
SHOWN = ("tier", "segment", "region", "action")
Row = tuple[str, str, str, str, str]


def tell(pairs: Sequence[Comparison]) -> None:
    """Print every pair: verdict, figures, slices, params, features and lists."""
    out = console()
    for pair in pairs:
        kind, sentence = pair.verdict
        out.print(f"[bold]a[/bold]  {escape(pair.a.label)}\n[bold]b[/bold]  {escape(pair.b.label)}")
        out.print(sentence, style=STYLES.get(kind, "bold"), markup=False)
        for remark in pair.remarks:
            out.print(f"  {remark}", style="yellow", markup=False)
        out.print(table_of("", HEADS, [*figure_rows(pair)]))
        for title, heads, rows in _tables(pair):
            out.print(table_of(title, heads, rows))
        for line in lines_of(pair):
            out.print(line, markup=False)


def figure_rows(pair: Comparison) -> list[Row]:
    """Return name, both values, difference and its interval of each figure, as text."""
    paired = pair.paired
    if paired is None:
        return [_reported(pair), *_reported_rates(pair)]
    figures = paired.figures
    rows = [_row("profit at capacity, same prices", figures, "profit", 0)]
    days = {name.removeprefix("profit "): figure for name, figure in figures.items() if name.startswith("profit ")}
    if len(days) > 1:
        rows += [(f"  {day}", "", "", f"{figure.value:+,.0f}", between(figure)) for day, figure in days.items()]
    rows += [
        _reported(pair),
        *(_row(metric.said, figures, metric.name, _digits(metric)) for metric in shown_in(Place.COMPARE)),
    ]
    a, b = paired.contacts
    rows.append((f"contacts {pair.span}", f"{a:,.0f}", f"{b:,.0f}", f"{b - a:+,.0f}", "-"))
    mean = sum(paired.overlap.values()) / len(paired.overlap)
    return [*rows, ("on both lists, of either", "", "", f"{100 * mean:.0f} %", "-")]


def _reported(pair: Comparison) -> Row:
    """Return profit at capacity as each run reported it, at its own prices and on its own rows."""
    a, b = (own_profit(side.metrics) for side in (pair.a, pair.b))
    profits = [f"{money(figure.value, pair.a.currency)} ({figure.low:,.0f} to {figure.high:,.0f})" for figure in (a, b)]
    return "profit at capacity, as reported", profits[0], profits[1], money(b.value - a.value, "", signed=True), "-"


def _row(name: str, figures: dict[str, Figure], key: str, digits: int) -> Row:
    a, b, more = figures[f"{key}_a"].value, figures[f"{key}_b"].value, figures[key]
    return name, f"{a:,.{digits}f}", f"{b:,.{digits}f}", f"{more.value:+,.{digits}f}", between(more, digits)


def _reported_rates(pair: Comparison) -> list[Row]:
    rows = []
    for metric in shown_in(Place.COMPARE):
        a, b = (side.metrics.get(f"evaluate.{metric.name}") for side in (pair.a, pair.b))
        if a is not None and b is not None:
            digits = _digits(metric)
            rows.append((metric.said, f"{a:.{digits}f}", f"{b:.{digits}f}", f"{b - a:+.{digits}f}", "-"))
    return rows


def _digits(metric: Metric) -> int:
    return metric.digits if metric.digits_compared is None else metric.digits_compared


def _tables(pair: Comparison) -> list[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
    tables: list[tuple[str, tuple[str, ...], list[tuple[str, ...]]]] = []
    for title, part in (("slices that got worse", pair.worse), ("slices that got better", pair.better)):
        if len(part):
            tables.append((title, SLICE_HEADS, slice_rows(part.head(MOST))))
    if pair.params:
        tables.append(("params that differ", ("", "a", "b"), [*pair.params]))
    lists = pair.lists
    if lists is not None:
        for title, side in ((f"on the list of {lists.as_of} in b only", SIDES[1]), ("in a only", SIDES[0])):
            part = lists.only(side)
            if len(part):
                tables.append((f"{title}: {len(part):,}", MOVED_HEADS, moved_rows(part.head(MOST), side)))
    return tables


def slice_rows(part: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return slices as text, by growing difference of profit."""
    return [
        (
            f"{line['slice_by'].replace('_', ' ')} {line['slice']}",
            f"{line['rows']:,}",
            f"{line['profit_a']:,.0f}",
            f"{line['profit']:+,.0f}",
            f"{line['profit_low']:+,.0f} to {line['profit_high']:+,.0f}",
            f"{line['log_loss']:+.4f}",
            f"{line['log_loss_low']:+.4f} to {line['log_loss_high']:+.4f}",
        )
        for line in part.sort_values("profit").to_dict("records")
    ]


def moved_rows(part: pd.DataFrame, side: str) -> list[tuple[str, ...]]:
    """Return subscribers of one list alone as text."""
    return [
        (
            str(line["subscriber_id"]),
            f"{line[f'rank{side}']:,.0f}",
            *(_text(line[f"{name}{side}"]) for name in SHOWN),
            f"{line[f'expected_gain{side}']:,.2f}",
        )
        for line in part.to_dict("records")
    ]


def _text(value: object) -> str:
    return "" if pd.isna(value) else str(value)  # type: ignore[call-overload]


def lines_of(pair: Comparison) -> list[str]:
    """Return what fits into a line each: slices, params, features, lists."""
    said = []
    if pair.paired:
        count = len(pair.paired.slices)
        said.append(f"slices: {count} judged, {len(pair.worse)} worse and {len(pair.better)} better beyond chance")
    if not pair.params:
        said.append("params: none differs")
    if pair.features is None:
        said.append("features: those of one model are not known on this machine")
    elif not pair.features.added and not pair.features.dropped:
        said.append(f"features: the same {pair.features.both}")
    else:
        for verb, names in (("added", pair.features.added), ("dropped", pair.features.dropped)):
            shown = ", ".join(names[:MOST]) + (f" and {len(names) - MOST} more" if len(names) > MOST else "")
            said.append(f"features {verb}: {len(names)}{f' ({shown})' if names else ''}")
    if pair.lists is not None:
        both, every = len(pair.lists.both), len(pair.lists.rows)
        alone = f"{every - both:,} on one alone (overlap {100 * pair.lists.overlap:.0f} %)"
        said.append(f"list of {pair.lists.as_of}: {both:,} on both, {alone}")
    return said
