"""Print what the gate says, one reason a line."""

from __future__ import annotations

from savedesk.operations.promote.command import DRY, FORCED, MODEL, PASSED, REFUSED, UNCHANGED, Promotion
from savedesk.operations.promote.ledger import LEDGER
from savedesk.operations.review.show_view import console
from savedesk.operations.runs.find import CHAMPION


def tell(done: Promotion) -> None:
    """Print the run, what it was held against, every answer, and what was done."""
    out = console()
    out.print(f"{done.run.label}", style="bold", markup=False)
    if done.outcome == UNCHANGED:
        out.print("is the champion already; its files and its alias are in place", markup=False)
        return
    out.print(f"  held against {done.rival}", markup=False, soft_wrap=True)
    for check in done.checks:
        mark, style = ("passes ", "green") if check.passed else ("REFUSED", "red")
        out.print(f"  [{style}]{mark}[/{style}]  ", end="")
        out.print(f"{check.name}: {check.sentence}", markup=False, soft_wrap=True)
    said = {
        PASSED: f"promoted: alias {CHAMPION} moved, files in {MODEL}; commit them with {LEDGER}",
        FORCED: f"promoted by force: alias {CHAMPION} moved, files in {MODEL}; commit them with {LEDGER}",
        REFUSED: "refused; nothing has changed",
        DRY: f"would be {'promoted' if done.passed else 'refused'}; nothing has changed",
    }
    out.print(said[done.outcome], style="bold", markup=False)
