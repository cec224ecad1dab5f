"""Print a curve of gain against capacity, and draw it."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape
from rich.table import Table

from savedesk.charts.capacity import capacity_picture
from savedesk.charts.rendering import picture
from savedesk.pipeline.terminal import Terminal, as_wide
from savedesk.policy.curve import ALL, Curve

BAR = 16  # characters of the longest bar
NARROWEST = 120  # characters of a line that is not shown on a terminal


def tell(curve: Curve, currency: str) -> None:
    """Print the table with a bar for each step, and what one more unit of each limit would earn."""
    console = as_wide(NARROWEST, soft_wrap=True)
    money = currency or "money"
    varied = "all limits" if curve.vary == ALL else escape(curve.vary)
    table = Table(title=f"Expected gain against capacity, as of {curve.as_of}; {varied} varied", title_justify="left")
    for name in (varied, "contacts", *(escape(f"{kind}, {money}") for kind in ("gain", "cost"))):
        table.add_column(name, justify="right", no_wrap=True)
    beside = [name for name, (unit, _) in curve.limits.items() if unit == "hours"]
    for name in beside:
        table.add_column(escape(name), justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    most = max(float(curve.rows["gain"].max()), 1e-9)
    for row in curve.rows.to_dict("records"):
        now = row["share"] == 1.0
        used = [f"{row[f'used {name}']:,.1f}" for name in beside]
        bar = "█" * round(BAR * max(float(row["gain"]), 0.0) / most)
        cells = [f"{row['share']:.0%}", f"{row['contacts']:,.0f}", f"{row['gain']:,.0f}", f"{row['cost']:,.0f}", *used]
        table.add_row(*cells, bar, style="bold" if now else None)
    console.print(table)
    at = curve.rows[curve.rows["share"] == 1.0].to_dict("records")[0]
    for name, (unit, available) in curve.limits.items():
        one_more = {"money": f"one {money} more of", "hours": "one hour more of", "contacts": "one more of"}[unit]
        price = float(at[f"price {name}"])
        what = f"would earn {price:,.2f} {money}" if price > 0 else "would earn nothing: there is enough"
        console.print(f"  {one_more} {name} ({available:,.0f}) {what}", markup=False, soft_wrap=True)


def warn(outdated: list[str]) -> None:
    """Say which figures of params.yaml the options do not know yet."""
    console = Terminal(stderr=True)
    for line in outdated:
        console.print(f"params.yaml: {line}", style="yellow", markup=False, soft_wrap=True)
    if outdated:
        console.print("next: run `savedesk prioritise` to plan with them", markup=False)


def draw(curve: Curve, currency: str, path: Path) -> None:
    """Draw gain against the share of the limits; the file's ending chooses the format, one of ``FORMATS``."""
    words = {
        "title": f"What more capacity would earn, as of {curve.as_of}",
        "share": f"{'all limits' if curve.vary == ALL else curve.vary}, % of what is asked about",
        "gain": f"expected gain, {currency or 'money'}",
        "chosen": "as asked",
    }
    path.write_bytes(picture(capacity_picture(curve.rows, words), path.suffix))
