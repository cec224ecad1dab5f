"""What is known of usage, and when it was: without it a month that has not arrived would look like a silent one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pyarrow as pa

from savedesk.domain.usage_months import arrivals, complete_months
from savedesk.engine.base import Engine
from savedesk.params.cohort import CohortParams
from savedesk.stages.cohort.windows import LONGEST_MONTH_DAYS, month_start


@dataclass(frozen=True)
class UsageKnown:
    """What is known of usage.

    Args:
        first_month: first month of the data.
        until: first day of the month after the newest complete one; absent where no use is known.
        lag_days: days after the end of a month within which ``prompt_usage_share`` of its use is known.
        complete: the complete months, as known before each as_of.
        gaps: months before ``until`` that are not complete, oldest first: of them nobody can say who was silent.
    """

    first_month: dt.date
    until: dt.date | None
    lag_days: int = 0
    complete: dict[dt.date, frozenset[dt.date]] = field(default_factory=dict)
    gaps: tuple[dt.date, ...] = ()

    def too_old(self, as_of: dt.date, dormant_days: int) -> bool:
        """Return whether nothing is known of ``dormant_days`` before as_of, nor of longer than use always takes."""
        unknown = (as_of - month_start(max(self.complete[as_of]), 1)).days
        return unknown >= max(dormant_days, LONGEST_MONTH_DAYS + self.lag_days + 1)

    def recent(self, dormant_days: int) -> list[dict[str, dt.date]]:
        """Return as_of and month: who has used something in one of these months is not dormant at as_of.

        They are the known months after which fewer than ``dormant_days`` of known silence lie. At an as_of that usage
        is too old for there are none.
        """
        recent_months = []
        for as_of, complete in self.complete.items():
            if self.too_old(as_of, dormant_days):
                continue
            month, silent_days = max(complete), 0
            while silent_days < dormant_days and month >= self.first_month:
                recent_months.append({"as_of": as_of, "month": month})
                silent_days += (month_start(month, 1) - month).days if month in complete else 0
                month = month_start(month, -1)
        return recent_months


def usage_known(
    engine: Engine, usage: Any, first_month: dt.date, days: Sequence[dt.date], params: CohortParams
) -> UsageKnown:
    """Return what is known of usage.

    Args:
        engine: open engine.
        usage: canonical table.
        first_month: first month of the data.
        days: as_of dates, oldest first; of the last one and later nothing is known.
        params: section ``cohort``.
    """
    arrived = engine.materialise(arrivals(usage), "usage_arrivals")
    dates = engine.taken(pa.table({"as_of": pa.array(days, pa.date32())}))
    month_rows = complete_months(arrived, dates, params).to_pandas()
    month_rows["month"] = pd.to_datetime(month_rows["month"]).dt.date
    complete = {pd.Timestamp(day).date(): frozenset(months) for day, months in month_rows.groupby("as_of")["month"]}
    if days[-1] not in complete:
        return UsageKnown(first_month, None)
    known = complete[days[-1]]
    until = month_start(max(known), 1)
    gaps = tuple(month for month in _months(first_month, until) if month not in known)
    return UsageKnown(first_month, until, _lag_days(arrived.to_pandas(), params), complete, gaps)


def _months(first: dt.date, until: dt.date) -> Iterator[dt.date]:
    while first < until:
        yield first
        first = month_start(first, 1)


def _lag_days(arrived: pd.DataFrame, params: CohortParams) -> int:
    ends = pd.to_datetime(arrived["month"]) + pd.offsets.MonthBegin(1)
    lags = (pd.to_datetime(arrived["known_on"]) - ends).dt.days + 1
    by_lag = arrived["rows"].groupby(lags).sum().sort_index().cumsum()
    prompt = by_lag[by_lag >= params.prompt_usage_share * by_lag.iloc[-1]].index[0]
    return max(0, int(prompt))
