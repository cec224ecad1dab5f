"""Print whether a row of the list could be recomputed."""

from __future__ import annotations

from typing import Any

from savedesk.operations.review.replay import Replayed
from savedesk.operations.review.show_view import console, table_of


def tell(recomputed: Replayed) -> None:
    """Print one line where all is equal, else a table of what differs."""
    out = console()
    who = f"{recomputed.subscriber_id}  {recomputed.receipt}"
    if not recomputed.differences:
        out.print(f"equal: {who}: all {recomputed.compared} figures come out again", markup=False, soft_wrap=True)
        return
    out.print(
        f"different: {who}: {len(recomputed.differences)} of {recomputed.compared} figures differ",
        markup=False,
        soft_wrap=True,
    )
    rows = [(each.name, _shown(each.listed), _shown(each.now)) for each in recomputed.differences]
    out.print(table_of("", ("figure", f"in the {recomputed.table}", "now"), rows, left=3))


def _shown(value: Any) -> str:
    return "-" if value is None or value != value else str(value)  # noqa: PLR0124 - NaN differs from itself
