"""The one gate to the past: what was known before an as_of."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ibis

from savedesk.contracts.table import Table


def known_before(table: Any, contract: Table, as_of: dt.date) -> Any:
    """Return the rows known before ``as_of``, without values that became known later.

    A row counts if ``known_on < as_of``. A column with ``known_by`` counts only if that date lies before ``as_of``: a
    bill that was paid later is an unpaid bill, a ticket that was closed later is an open one.
    """
    day = ibis.date(as_of.year, as_of.month, as_of.day)
    rows = table.filter(table.known_on < day)
    later = {
        column.name: ibis.ifelse(rows[column.known_by] < day, rows[column.name], ibis.null(column.dtype))
        for column in contract.columns
        if column.known_by
    }
    return rows.mutate(**later) if later else rows
