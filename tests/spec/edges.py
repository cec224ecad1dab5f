"""The cases on which features go wrong, told from the facts of an example."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from types import ModuleType

from savedesk.stages.features.declaration import Basis, features_of
from savedesk.stages.features.windows import HALF_YEAR_DAYS, MONTH_DAYS, QUARTER_DAYS, YEAR_DAYS
from tests.spec.pages import FEATURES, Example
from tests.tables import Rows, month_end

MONTHLY = ("usage", "bills", "market")
SPANS = (MONTH_DAYS, QUARTER_DAYS, HALF_YEAR_DAYS, YEAR_DAYS)
HAPPENED = {
    "plan_changes": "changed_on",
    "contracts": "contract_start",
    "complaints": "opened_at",
    "surveys": "surveyed_on",
    "contacts": "contacted_on",
    "status_changes": "changed_on",
    "incidents": "started_at",
    "bills": "billed_on",
}
YEAR = 12


def _months(day: dt.date) -> int:
    return day.year * YEAR + day.month


def _facts(example: Example) -> dict[str, Rows]:
    return {table.name: rows for table, rows in example.given.items() if table.name not in {"subscribers", "plans"}}


def _owner(row: dict[str, object]) -> object:
    return row.get("subscriber_id", row.get("region"))


def _monthly(example: Example) -> dict[object, list[int]]:
    months: dict[object, list[int]] = {}
    for name in MONTHLY:
        for row in example.rows(name):
            months.setdefault((name, _owner(row)), []).append(_months(row["month"]))
    return months


def no_data(example: Example) -> bool:
    """Somebody of whom nothing is known, and whose values are all missing or the declared ones."""
    known = {_owner(row) for rows in _facts(example).values() for row in rows}
    regions = {row["subscriber_id"]: row.get("region") for row in example.rows("subscribers")}
    unknown = [who for who in example.then if not {who, regions[who]} & (known - {None})]
    return any(
        all(value in {None, FEATURES[name].empty} for name, value in example.then[who].items()) for who in unknown
    )


def one_month_only(example: Example) -> bool:
    """Somebody with a single month of usage or bills before as_of."""
    as_of = _months(example.as_of)
    return any(sum(month < as_of for month in months) == 1 for months in _monthly(example).values())


def gap_months(example: Example) -> bool:
    """Somebody with months on both sides of one that is not there."""
    return any(max(months) - min(months) >= len(months) for months in _monthly(example).values())


def ties(example: Example) -> bool:
    """Two facts of one subscriber that are alike in what orders them: a day, the best month, the lowest score."""
    ordered = {
        "complaints": lambda row: row["opened_at"],
        "contacts": lambda row: row["contacted_on"],
        "status_changes": lambda row: row["changed_on"],
    }
    for name, order in ordered.items():
        seen = Counter((row["subscriber_id"], order(row)) for row in example.rows(name))
        if seen and max(seen.values()) > 1:
            return True
    best = _extremes(example, "usage", "voice_min", max) + _extremes(example, "surveys", "score", min)
    return any(count > 1 for count in best)


def _extremes(example: Example, table: str, column: str, pick: Callable[[list[float]], float]) -> list[int]:
    """Return for each subscriber with other values too how often the one that is picked occurs."""
    values: dict[object, list[float]] = {}
    for row in example.rows(table):
        if row.get(column) and row.get("process") != "overall":
            values.setdefault(row["subscriber_id"], []).append(row[column])
    return [cells.count(pick(cells)) for cells in values.values() if len(set(cells)) > 1]


def known_on_as_of(example: Example) -> bool:
    """A fact that happened, or became known, on the day of the decision itself."""
    return any(example.as_of in row.values() for rows in example.given.values() for row in rows)


def last_day_of_a_window(example: Example) -> bool:
    """A fact on the first day that a window still holds, and one on the day before it."""
    ages = {
        (example.as_of - row[HAPPENED[name]]).days
        for name, rows in _facts(example).items()
        for row in rows
        if name in HAPPENED and HAPPENED[name] in row
    }
    return any({span, span + 1} <= ages for span in SPANS)


def last_month_of_a_window(example: Example) -> bool:
    """Somebody with a month that lies a whole window back, and one older than that."""
    end = _months(example.as_of)
    ages = [{end - month for month in months} for months in _monthly(example).values()]
    return any({months, months + 1} <= lags for lags in ages for months in (3, 6, YEAR))


def known_later(example: Example) -> bool:
    """A fact that happened before as_of and was known on it or after."""
    for name, rows in _facts(example).items():
        for row in rows:
            happened = month_end(row["month"]) if name in MONTHLY else row[HAPPENED[name]]
            known = row.get("known_on") or row.get("billed_on") or happened
            if happened < example.as_of <= known:
                return True
    return False


def paid_late(example: Example) -> bool:
    """A bill paid after it was due, and before the decision."""
    paid = [row for row in example.rows("bills") if row.get("paid_on") and row.get("due_on")]
    return any(row["due_on"] < row["paid_on"] < example.as_of for row in paid)


def paid_after_as_of(example: Example) -> bool:
    """A bill that was due before the decision and paid on that day or later."""
    paid = [row for row in example.rows("bills") if row.get("paid_on") and row.get("due_on")]
    return any(row["due_on"] < example.as_of <= row["paid_on"] for row in paid)


def open_across_as_of(example: Example) -> bool:
    """A complaint opened before the decision and closed on that day or later."""
    return any(
        row["opened_at"] < example.as_of <= row["closed_at"]
        for row in example.rows("complaints")
        if row.get("closed_at")
    )


Edge = Callable[[Example], bool]
EVERYWHERE: tuple[Edge, ...] = (no_data, known_on_as_of, known_later)
OF_BASIS: dict[Basis, tuple[Edge, ...]] = {
    "subscriber": (),
    "usage": (one_month_only, gap_months, ties, last_month_of_a_window),
    "bills": (one_month_only, gap_months, last_month_of_a_window),
    "payments": (last_day_of_a_window, paid_late, paid_after_as_of),
    "complaints": (ties, last_day_of_a_window, open_across_as_of),
    "plan_changes": (last_day_of_a_window,),
    "contacts": (ties, last_day_of_a_window),
    "surveys": (ties, last_day_of_a_window),
    "status_changes": (ties, last_day_of_a_window),
    "plan_fit": (one_month_only, gap_months),
    "region": (one_month_only, gap_months, last_month_of_a_window),
    "account": (last_day_of_a_window,),
}


def edges_of(family: ModuleType) -> tuple[Edge, ...]:
    """Return the cases that a family's page must have: those everywhere, and those of its features' bases."""
    bases = dict.fromkeys(feature.basis for feature in features_of(family))
    return tuple(dict.fromkeys([*EVERYWHERE, *(edge for basis in bases for edge in OF_BASIS[basis])]))
