"""What later stages must know about the source: its facts, its attributes in words, its rows by rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from savedesk.errors import ParamsError
from savedesk.params.simulator import SimulatorParams
from savedesk.schemas import truth
from savedesk.schemas.attributes import DICTIONARY, TABLE
from savedesk.schemas.bills import TABLE as BILLS
from savedesk.schemas.contracts import TABLE as CONTRACTS
from savedesk.schemas.source_facts import ACCEPTED, COUNTS, QUARANTINED, REPAIRED, UNREADABLE
from savedesk.schemas.status_changes import TABLE as STATUS_CHANGES
from savedesk.schemas.subscribers import TABLE as SUBSCRIBERS
from savedesk.schemas.table import Column, Table
from savedesk.stages.ingest import bill_rhythm
from savedesk.stages.ingest.quarantined import raw_name
from savedesk.stages.ingest.raw import Relation
from savedesk.stages.ingest.source import Source
from savedesk.stages.ingest.validation import Validated

_ARROW: dict[str, pa.DataType] = {"string": pa.string(), "int64": pa.int64(), "float64": pa.float64()}


def attributes_contract(source: Source) -> Table:
    """Return the contract of this source's attributes: its declared columns beside the subscriber."""
    declared = [
        Column(name, attribute.dtype, attribute.meaning, unit=attribute.unit or "", nullable=True)
        for name, attribute in source.attributes.items()
    ]
    return Table(
        name=TABLE.name, stage=TABLE.stage, grain=TABLE.grain, key=TABLE.key, columns=(*TABLE.columns, *declared)
    )


def check_attributes(source: Source, selected: Iterable[str], *, where: str, declared_in: str) -> None:
    """Check that the columns of attributes.sql are the declared ones.

    Raises:
        ParamsError: a column without declaration, or a declaration without column.
    """
    given = [name for name in selected if not name.startswith("_") and name != "subscriber_id"]
    for name in given:
        if name not in source.attributes:
            step = f"add {name}: {{dtype, family, meaning}} to attributes: in {declared_in}, or leave it out"
            raise ParamsError(f"column {name!r} is not declared", where=where, next_step=step)
    for name in source.attributes:
        if name not in given:
            raise ParamsError(
                f"attribute {name!r} is declared but {where} does not select it",
                where=declared_in,
                next_step="add or remove it",
            )


def dictionary(source: Source) -> pa.Table:
    """Return the attribute dictionary."""
    rows = [{"name": name, **attribute.model_dump()} for name, attribute in source.attributes.items()]
    return _arrow(rows, DICTIONARY)


def counts(
    relations: Sequence[Relation],
    tables: Sequence[Validated],
    known: Iterable[Table],
    touched: Mapping[tuple[str, str], int],
) -> pa.Table:
    """Return rows by table and rule. The lines of a raw file, too, are either accepted or turned away.

    A table of those ``known`` that the source has no SQL for has no rows. ``touched`` says of how many subscribers
    something is unknown, by table and rule.
    """
    rows: list[dict[str, Any]] = []
    for relation in relations:
        rules = [line.rule for line in relation.rejected]
        rows += _counted(raw_name(relation), relation.rows, {rule: rules.count(rule) for rule in set(rules)})
    for validated in tables:
        name, accepted = validated.contract.name, validated.given.rows - validated.turned_away - validated.repaired_rows
        rows += _counted(name, accepted, validated.counts)
        if validated.repaired_rows:
            rows.append({"table": name, "rule": REPAIRED, "kind": REPAIRED, "rows": validated.repaired_rows})
            rows += [
                {"table": name, "rule": rule, "kind": UNREADABLE, "rows": values}
                for rule, values in validated.unreadable.items()
            ]
    given = {validated.contract.name for validated in tables}
    for table in known:
        rows += [] if table.name in given else _counted(table.name, 0, {})
    rows = [row | {"subscribers": touched.get((row["table"], row["rule"]))} for row in rows]
    return _arrow(rows, COUNTS)


def _counted(table: str, accepted: int, broken: Mapping[str, int]) -> list[dict[str, Any]]:
    lines = [{"table": table, "rule": ACCEPTED, "kind": ACCEPTED, "rows": accepted}]
    return lines + [{"table": table, "rule": rule, "kind": QUARANTINED, "rows": rows} for rule, rows in broken.items()]


def _arrow(rows: list[dict[str, Any]], contract: Table) -> pa.Table:
    schema = pa.schema([(column.name, _ARROW[column.dtype]) for column in contract.columns])
    return pa.Table.from_pylist(rows, schema=schema)


def source_facts(
    name: str, source: Source, latest: date, tables: Mapping[str, Any], simulator: SimulatorParams | None = None
) -> dict[str, Any]:
    """Return what the file source_facts says. A simulated source is a dated one."""
    first, last = (None, None) if source.kind == "snapshot" else _known_between(tables)
    return {
        "name": name,
        "title": source.title,
        "kind": "snapshot" if source.kind == "snapshot" else "dated",
        "simulated": source.kind == "simulated",
        "as_of": None if source.as_of is None else source.as_of.isoformat(),
        "extracted_on": latest.isoformat(),
        "currency": source.currency,
        "origin": source.origin,
        "licence": source.licence,
        "lacks": list(source.lacks),
        "data_from": first,
        "data_until": last,
        **({} if simulator is None else {"truth_window": simulator.truth.model_dump(include=set(truth.WINDOW))}),
    }


def doubts(tables: Mapping[str, Any], *, bills_have_numbers: bool = True) -> list[str]:
    """Return what the tables say that is hardly meant, or cannot be used.

    Args:
        tables: canonical tables by name.
        bills_have_numbers: whether the source gives bills numbers of their own.
    """
    return [
        *_unpaid(tables),
        *bill_rhythm.doubts(tables[BILLS.name], tables[STATUS_CHANGES.name], has_numbers=bills_have_numbers),
        *_contracts_of_today(tables),
    ]


def _contracts_of_today(tables: Mapping[str, Any]) -> list[str]:
    """Contracts without their history: who has renewed since would be known before they did."""
    today = tables[SUBSCRIBERS.name].contract_start.count().execute()
    if not today or tables[CONTRACTS.name].count().execute():
        return []
    said = f"subscribers: {today:,} have a contract of today and none an earlier one, so contract features are missing"
    return [f"{said}; next: give every contract that a line has had in contracts.sql (docs/connect.md)"]


def _unpaid(tables: Mapping[str, Any]) -> list[str]:
    """Bills that fall due of which none has ever been paid."""
    owed = tables[BILLS.name].aggregate(due=lambda t: t.due_on.count(), paid=lambda t: t.paid_on.count())
    (filled,) = owed.to_pyarrow().to_pylist()
    if not filled["due"] or filled["paid"]:
        return []
    said = f"bills: {filled['due']:,} have due_on and none has paid_on, so everybody counts as in arrears"
    return [f"{said}; next: select paid_on in bills.sql, or leave due_on out if payments are not known"]


def _known_between(tables: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the first and last day on which a fact about a subscriber became known."""
    known = [table for table in tables.values() if {"known_on", "subscriber_id"} <= set(table.columns)]
    spans = [
        table.aggregate(first=table.known_on.min(), last=table.known_on.max()).to_pyarrow().to_pylist()[0]
        for table in known
    ]
    days = sorted(day.isoformat() for span in spans for day in span.values() if day is not None)
    return (days[0], days[-1]) if days else (None, None)
