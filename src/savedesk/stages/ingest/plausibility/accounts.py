"""Accounts of more lines than a household has: a placeholder that stands for "no account"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from savedesk.errors import DataContractError
from savedesk.params.ingest import PlausibleParams
from savedesk.schemas import subscribers

_EXAMPLES = 3


def large_households(tables: Mapping[str, Any], params: PlausibleParams) -> list[str]:
    """Return a warning about accounts of many lines that are not in a business segment.

    One line an account is contacted, and a line that leaves counts for all others: an account of a large share of all
    lines decides the list.

    Raises:
        DataContractError: one account has more than ``account_share`` of all lines.
    """
    people = tables[subscribers.TABLE.name]
    household = (people.segment == "consumer").fill_null(True)
    accounts = people.group_by("account_id").aggregate(lines=household.sum(), every=people.count())
    total = int(people.count().execute())
    large = accounts.filter(accounts.lines >= params.account_lines)
    count = int(large.count().execute())
    if not count:
        return []
    rows = large.order_by([large.lines.desc(), large.account_id]).limit(_EXAMPLES).to_pyarrow().to_pylist()
    names = ", ".join(f"{row['account_id']!r} with {row['lines']:,} of {total:,}" for row in rows)
    said = f"{count:,} accounts have {params.account_lines:,} lines or more that are no business's: {names}"
    step = (
        "if it stands for no account, select nullif(account, '...') AS account_id in subscribers.sql; if it is a firm, "
        "give its segment"
    )
    if rows[0]["lines"] > params.account_share * total:
        raise DataContractError(
            f"{said}; one household of so many lines would decide the list",
            where=f"{subscribers.TABLE.name}.account_id",
            allowed=f"at most {100 * params.account_share:.3g} % of all lines (ingest.plausible.account_share)",
            next_step=step,
        )
    return [f"{subscribers.TABLE.name}.account_id: {said}; next: {step}"]
