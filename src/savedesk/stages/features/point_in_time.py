"""The one gate to the past: what was known before an as_of."""

from __future__ import annotations

from typing import Any

import ibis

from savedesk.schemas.table import Table


def known_before(table: Any, contract: Table, clock: Any) -> Any:
    """Return the rows known before as_of, with ``as_of`` beside them and without values that became known later.

    A row counts if ``known_on < as_of``. A column with ``known_by`` counts only if that date lies before as_of: a bill
    that was paid later is an unpaid bill, a ticket that was closed later is an open one.

    Args:
        table: canonical table.
        contract: its contract.
        clock: a table of one row with ``as_of``.
    """
    rows = table.cross_join(clock)
    rows = rows.filter(rows.known_on < rows.as_of)
    later = {
        column.name: ibis.ifelse(rows[column.known_by] < rows.as_of, rows[column.name], ibis.null(column.dtype))
        for column in contract.columns
        if column.known_by
    }
    return rows.mutate(**later) if later else rows
