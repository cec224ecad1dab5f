"""The simulated operator: every canonical table of an operator that never was."""

from __future__ import annotations

import pyarrow as pa

from savedesk.ingest.simulator.calendar import first_day, month_number
from savedesk.ingest.simulator.ledger import Ledger
from savedesk.ingest.simulator.operator import Operator
from savedesk.params.simulator import SimulatorParams


def simulate(params: SimulatorParams) -> dict[str, pa.Table]:
    """Return the canonical tables of the simulated operator by name; the same section gives the same bytes.

    Args:
        params: section ``simulator``.
    """
    first = month_number(params.first_month)
    end = first + params.months
    operator = Operator(params, first - params.burn_in_months, last_known=first_day(end))
    for month in range(first - params.burn_in_months, first):
        operator.live(month, None)
    ledger = Ledger()
    for month in range(first, end):
        operator.live(month, ledger)
    operator.write_bills(ledger)
    operator.write_master_data(ledger)
    return ledger.tables(first_day(end))
