"""What is unknown because a row was turned away or a value could not be read: facts without their content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ibis
import pyarrow as pa

from savedesk.engine.base import Engine
from savedesk.engine.check import RULE
from savedesk.schemas.subscribers import TABLE as SUBSCRIBERS
from savedesk.schemas.table import Table
from savedesk.schemas.unknown_facts import TABLE
from savedesk.stages.ingest.casting import ROW_ID, UNREADABLE
from savedesk.stages.ingest.identity.lost_renames import SPEAKING, LostRenames
from savedesk.stages.ingest.identity.renamed import Renames
from savedesk.stages.ingest.identity.writing import plain_form
from savedesk.stages.ingest.raw import Relation
from savedesk.stages.ingest.validation import Validated

OWNERS = ("subscriber_id", "account_id", "region")
COPY = "copy:"  # begins the rule of a row whose twin was accepted, so that nothing is unknown
STRANGER = "reference:subscriber_id"  # facts of nobody who could be on a list
_FACT = [column for column in TABLE.column_names if column != "number"]


def of_rows(validated: Validated) -> Any | None:
    """Return what the rows of a table that were turned away would have spoken of; None if that is nothing.

    The day is that of the row, the first of the month where the table has months, and absent where the row was turned
    away for its day.
    """
    broken = validated.broken
    if broken is None or not set(OWNERS) & set(validated.contract.column_names):
        return None
    broken = broken.filter(~broken[RULE].startswith(COPY), broken[RULE] != STRANGER)
    rows = validated.cast.inner_join(broken, ROW_ID)
    return _facts(validated.contract, rows, ibis.null("string"), rows[RULE])


def of_lost_renames(validated: Validated, lost: LostRenames | None) -> list[Any]:
    """Return what is unknown of new ids since their renaming was turned away: each row of the old id, and any month."""
    parts: list[Any] = []
    months = None if lost is None else lost.all_months(validated.contract)
    if months is not None:
        blank = {name: ibis.null("string") for name in ("account_id", "region", "column")}
        table, day = ibis.literal(validated.contract.name), ibis.null("date")
        parts.append(months.select(table=table, subscriber_id=months.new_id, day=day, rule=months[RULE], **blank))
    if lost is not None and validated.broken is not None:
        strangers = validated.broken.filter(validated.broken[RULE] == STRANGER)
        rows = lost.of_strangers(validated.contract, validated.cast.inner_join(strangers, ROW_ID))
        parts += [] if rows is None else [_facts(validated.contract, rows, ibis.null("string"), rows[RULE])]
    return parts


def of_near_renames(validated: Validated, renames: Renames | None) -> list[Any]:
    """Return what is unknown of new ids, since rows have their old id in another writing than renamed_ids."""
    if renames is None or validated.broken is None or validated.contract.name not in SPEAKING:
        return []
    strangers = validated.cast.inner_join(validated.broken.filter(validated.broken[RULE] == STRANGER), ROW_ID)
    names = renames.pairs.select(__form=plain_form(renames.pairs.old_id), __new_id=renames.pairs.new_id)
    rows = strangers.mutate(__form=plain_form(strangers.subscriber_id)).inner_join(names, "__form")
    rows = rows.mutate(subscriber_id=rows["__new_id"]).select(*strangers.columns)
    return [_facts(validated.contract, rows, ibis.null("string"), rows[RULE])]


def of_values(validated: Validated) -> Any | None:
    """Return what the values that could not be read would have said, one row a value; None if there are none."""
    if validated.repaired is None:
        return None
    names = validated.repaired[UNREADABLE].re_replace(",$", "").split(",")
    lost = validated.repaired.select(ROW_ID, **{RULE: names.unnest()})
    rows = validated.cast.inner_join(lost, ROW_ID)
    return _facts(validated.contract, rows, rows[RULE].split(":")[1], rows[RULE])


def _facts(contract: Table, rows: Any, column: Any, rule: Any) -> Any:
    """Return rows as ``unknown_facts`` without their number."""
    day: Any = ibis.null("date")
    if contract.day:
        day = rows[contract.day]
        if contract.day == "month":  # cast twice: Ibis takes a truncated date for a date, DuckDB makes it a timestamp
            day = day.truncate("M").cast("timestamp").cast("date")
        unreadable = rule.isin([f"{kind}:{contract.day}" for kind in ("type", "range", "future")])
        day = ibis.ifelse(unreadable, ibis.null("date"), day)
    owners = {name: _owner(contract, rows, name) for name in OWNERS}
    facts = rows.select(table=ibis.literal(contract.name), **owners, day=day, column=column, rule=rule)
    return facts.filter(facts.subscriber_id.notnull() | facts.account_id.notnull() | facts.region.notnull())


def _owner(contract: Table, rows: Any, name: str) -> Any:
    """Return the column that says whose fact it is; region and account only where the row has no other owner."""
    there = name in contract.column_names
    if name == "account_id":
        there = contract.name == SUBSCRIBERS.name
    elif name == "region":
        there = there and "subscriber_id" not in contract.column_names
    return rows[name] if there else ibis.null("string")


def of_lines(
    relation: Relation, separator: str, readers: Sequence[Table], people: Any, engine: Engine
) -> tuple[Any | None, int]:
    """Return what lines of a raw file that could not be read would have said, and how many of them name nobody.

    A line belongs to the subscribers whose id is one of its fields. Which day it spoke of is not known.

    Args:
        relation: the raw file.
        separator: between its fields.
        readers: canonical tables whose SELECT reads it.
        people: accepted subscribers.
        engine: where they are.
    """
    fields = [
        {"line": number, "field": field.strip().strip("\"'").strip(), "rule": line.rule}
        for number, line in enumerate(relation.rejected)
        for field in line.text.split(separator)
    ]
    if not fields:
        return None, 0
    columns = {name: [row[name] for row in fields] for name in ("line", "field", "rule")}
    texts = engine.taken(pa.table(columns))
    named = texts.inner_join(people.select("subscriber_id"), texts.field == people.subscriber_id)
    named = engine.materialise(named.select("line", "subscriber_id", "rule").distinct(), f"__lines_{relation.name}")
    unnamed = len(relation.rejected) - int(named.line.nunique().execute())
    blank = {name: ibis.null("string") for name in ("account_id", "region", "column")}
    parts = [
        named.select("subscriber_id", "rule", table=ibis.literal(table.name), day=ibis.null("date"), **blank).select(
            *_FACT
        )
        for table in readers
        if "subscriber_id" in table.column_names and table.name != SUBSCRIBERS.name
    ]
    return (ibis.union(*parts) if parts else None), unnamed


def combined(parts: Iterable[Any], engine: Engine, name: str = TABLE.name) -> Any:
    """Return unknown facts as one table, computed under a name and numbered by canonical table."""
    given = [part.select(*_FACT) for part in parts]
    if not given:
        return engine.empty(TABLE.columns)
    facts = ibis.union(*given) if len(given) > 1 else given[0]
    order = ibis.window(group_by="table", order_by=[facts[name] for name in _FACT if name != "table"])
    number = ibis.row_number().over(order).cast("int64") + 1
    return engine.materialise(facts.mutate(number=number).select(*TABLE.column_names), f"__{name}")


def subscribers_by_rule(facts: Any) -> Mapping[tuple[str, str], int]:
    """Return of how many subscribers something is unknown, by table and rule."""
    counted = facts.group_by("table", "rule").aggregate(subscribers=facts.subscriber_id.nunique())
    return {(row["table"], row["rule"]): row["subscribers"] for row in counted.to_pyarrow().to_pylist()}
