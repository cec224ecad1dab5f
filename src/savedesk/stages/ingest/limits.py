"""When what was turned away or could not be read stops the stage."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from savedesk.engine.base import Engine
from savedesk.engine.check import meaning_of
from savedesk.errors import DataContractError
from savedesk.params.ingest import IngestParams
from savedesk.stages.ingest.amount_limits import extreme_column, money_lost
from savedesk.stages.ingest.casting import ROW_ID
from savedesk.stages.ingest.quarantined import UNKNOWN_SUBSCRIBER, write_rows
from savedesk.stages.ingest.source import SOURCE_FILE
from savedesk.stages.ingest.validation import Validated, example

FEWEST = 5  # rows below which a share says nothing of the newest month, of money or of extremes


@dataclass(frozen=True)
class Breach:
    """A limit that was passed: how much, of what, and the param that holds the limit."""

    bad: int
    total: int
    of: str
    param: str
    limit: float
    rule: str
    verb: str = "break a rule"


def hold(validated: Validated, touched: int, params: IngestParams, root: Path, where: str, engine: Engine) -> None:
    """Stop if too much of a table is turned away or unreadable.

    Args:
        validated: the rows of the table.
        touched: subscribers of whom something is unknown by it.
        params: section ``ingest``.
        root: project folder, for the file with the rows.
        where: the SQL file, as messages name it.
        engine: where the rows are.

    Raises:
        DataContractError: one of the limits is passed.
    """
    if validated.broken is None and validated.repaired is None:
        return
    breach = _of_rows(validated, params) or _of_values(validated, params) or _of_newest_month(validated, params)
    breach = breach or _of_subscribers(validated, touched, params) or _of_amounts(validated, params)
    if breach is None:
        return
    column = breach.rule.partition(":")[2]
    share = f"{breach.bad:,} of {breach.total:,} {breach.of} ({_percent(breach.bad / breach.total)})"
    count = validated.counts.get(breach.rule) or validated.unreadable[breach.rule]
    raise DataContractError(
        f"{share} {breach.verb}; {breach.rule}: {meaning_of(breach.rule, list(validated.rules))} "
        f"({count:,} rows), for example {example(validated, breach.rule)}",
        where=f"{validated.contract.name}.{column}"
        if column in validated.contract.column_names
        else validated.contract.name,
        allowed=f"at most {_percent(breach.limit)} (ingest.{breach.param})",
        next_step=f"{_step(validated, breach.rule, where)}; all of them are in {write_rows(validated, root, engine)}",
    )


def _of_rows(validated: Validated, params: IngestParams) -> Breach | None:
    limit, total = params.max_quarantined_share, validated.given.rows
    if validated.turned_away <= limit * total:
        return None
    return Breach(validated.turned_away, total, "rows", "max_quarantined_share", limit, next(iter(validated.counts)))


def _of_values(validated: Validated, params: IngestParams) -> Breach | None:
    """A column of which too many of the given values cannot be read was read wrongly as a whole."""
    by_column: dict[str, dict[str, int]] = {}
    for rule, count in validated.unreadable.items():
        by_column.setdefault(rule.partition(":")[2], {})[rule] = count
    if not by_column:
        return None
    given = validated.given.table
    cells = {name: given[name].notnull().sum() for name in by_column}
    (counted,) = given.aggregate(**cells).to_pyarrow().to_pylist()
    limit = params.max_quarantined_share
    for name, rules in by_column.items():
        if sum(rules.values()) > limit * counted[name]:
            rule = max(rules, key=lambda rule: rules[rule])
            bad = sum(rules.values())
            return Breach(bad, counted[name], f"values of {name}", "max_quarantined_share", limit, rule)
    return None


def _of_newest_month(validated: Validated, params: IngestParams) -> Breach | None:
    """Without its newest month a table says nothing of what is about to happen."""
    day = validated.contract.day
    if not day or validated.broken is None:
        return None
    month = validated.cast[day].truncate("M")
    rows = validated.cast.mutate(month=month)
    newest = rows.filter(rows.month == rows.month.max().as_scalar())
    bad = int(newest.semi_join(validated.broken, ROW_ID).count().execute())
    total = int(newest.count().execute())
    limit = params.max_newest_month_share
    if bad < FEWEST or bad <= limit * total:
        return None
    return Breach(bad, total, "rows of the newest month", "max_newest_month_share", limit, next(iter(validated.counts)))


def _of_subscribers(validated: Validated, touched: int, params: IngestParams) -> Breach | None:
    if "subscriber_id" not in validated.contract.column_names or touched < FEWEST:
        return None
    total = int(validated.cast.subscriber_id.nunique().execute())
    limit = params.max_touched_subscribers_share
    if touched <= limit * total:
        return None
    verb = "have something that is turned away or cannot be read"
    return Breach(touched, total, "subscribers", "max_touched_subscribers_share", limit, _commonest(validated), verb)


def _of_amounts(validated: Validated, params: IngestParams) -> Breach | None:
    """What is lost may be a twentieth of the rows and the whole of the money, or just the heaviest users."""
    lost = money_lost(validated)
    if lost and lost.rows >= FEWEST and lost.amount > params.max_value_share * lost.of_amount:
        rule, limit, verb = next(iter(validated.counts)), params.max_value_share, "stand in rows that break a rule"
        return Breach(round(lost.amount), round(lost.of_amount), lost.column, "max_value_share", limit, rule, verb)
    extreme = extreme_column(validated, params.extreme_quantile)
    if extreme and extreme.rows >= FEWEST and extreme.above > params.max_extreme_share * extreme.rows:
        verb = f"are larger than {_percent(params.extreme_quantile)} of the others, so the largest values get lost"
        of, limit = f"lost values of {extreme.column}", params.max_extreme_share
        return Breach(extreme.above, extreme.rows, of, "max_extreme_share", limit, extreme.rule, verb)
    return None


def _commonest(validated: Validated) -> str:
    every = {**validated.unreadable, **validated.counts}
    return max(every, key=lambda rule: every[rule])


def _step(validated: Validated, rule: str, where: str) -> str:
    kind, _, column = rule.partition(":")
    if kind == "unique" and validated.contract.day:
        return f"if several rows of one {column} add up, write so in {where}: {adding_up(validated)}"
    if rule in {f"type:{declared.name}" for declared in validated.contract.columns if declared.dtype == "date"}:
        return (
            f"if the data write days in another order, select iso_date(..., '%d/%m/%Y') AS {column} in {where}, with "
            "the order that they have"
        )
    if (
        rule == UNKNOWN_SUBSCRIBER and validated.counts[rule] > validated.given.rows / 2
    ):  # one of the two was read wrongly
        both = f"{where} and {PurePosixPath(where).with_name('subscribers.sql')}"
        return (
            f"most ids match no subscriber, so look at the subscribers file too: {both} must give ids that are "
            f"written alike, and each file needs its own encoding: in {SOURCE_FILE}"
        )
    return f"mend {where} or the data"


def adding_up(validated: Validated) -> str:
    """Return SQL that makes one row of several with the same key; what is unknown of one of them is of their sum."""
    keys, given = list(validated.contract.key), validated.given.columns
    types = validated.given.table.schema()
    sums = [
        _sum_of(c.name, text=types[c.name].is_string())
        for c in validated.contract.columns
        if c.dtype == "float64" and c.name in given
    ]
    shown = [*sums[:2], *(["..."] if len(sums) > 2 else [])]  # noqa: PLR2004 - an example
    return f"SELECT {', '.join([*keys, *shown])} FROM ... GROUP BY {', '.join(keys)}"  # noqa: S608 - shown, never run


def _sum_of(name: str, *, text: bool) -> str:
    given, number = (f"nullif({name}, '')", f"nullif({name}, '')::DOUBLE") if text else (name, name)
    return f"CASE WHEN count({given}) = count(*) THEN sum({number}) END AS {name}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
