"""Each fact to the subscriber whom it speaks of: after the tables are read, before anything is made from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import ibis

from savedesk.engine.base import Engine
from savedesk.engine.check import RULE
from savedesk.stages.ingest.casting import ROW_ID
from savedesk.stages.ingest.identity import before_activation as early
from savedesk.stages.ingest.identity.owners import FormerOwners, former_owners
from savedesk.stages.ingest.statement import WORK
from savedesk.stages.ingest.validation import Validated

_EXAMPLES = 3


@dataclass
class Settled:
    """The tables with each fact at its subscriber.

    Args:
        validated: what became of the rows of each table.
        aside: of each table with rows that were set aside now, those rows alone as the broken ones.
        owners: who had an id before its owner today.
        warnings: what was set aside, and what to look at.
        notes: what was done without loss.
        figures: counts for the summary.
    """

    validated: list[Validated]
    owners: FormerOwners
    aside: list[Validated] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)

    @property
    def tables(self) -> dict[str, Any]:
        """Canonical tables by name."""
        return {table.contract.name: table.accepted for table in self.validated}


def settled(validated: Sequence[Validated], engine: Engine, gap_days: int) -> Settled:
    """Return the tables of a dated source with former owners under ids of their own.

    Args:
        validated: the tables as their rows were accepted.
        engine: where they are.
        gap_days: days after an exit within which an activation is a return of the same subscriber.
    """
    owners = former_owners({table.contract.name: table.accepted for table in validated}, engine, gap_days)
    result = Settled([_parted(table, owners) for table in validated], owners)
    if owners.count:
        result.figures["former_owners"] = owners.count
        result.notes.append(_handed_on(owners, gap_days))
    monthly = [table.contract.name for table in validated if table.may_be_early]
    before = early.before_activation(result.tables, engine, gap_days, monthly)
    if before.returns:
        result.notes.append(
            f"{before.returns:,} subscribers have an exit at most {gap_days} days before activated_on: they are back, "
            f"so it counts for nothing (quarantine, rule {early.KIND}:changed_on)"
        )
    if before.count or before.returns:
        result.validated = [_without(table, before, result, engine) for table in result.validated]
        if before.count:
            result.warnings.append(_too_early(result.aside, before.count))
        result.figures["rows_before_activation"] = sum(sum(table.counts.values()) for table in result.aside)
    return result


def _parted(table: Validated, owners: FormerOwners) -> Validated:
    if not owners.count:
        return table
    numbered = owners.part(table.numbered, table.contract)
    return replace(table, numbered=numbered, accepted=numbered.drop(ROW_ID))


def _without(table: Validated, before: early.BeforeActivation, result: Settled, engine: Engine) -> Validated:
    """Return the table without the facts before activation, and write those down."""
    rows = before.rows(table.numbered, table.contract)
    if rows is None:
        return table
    part = engine.materialise(rows, f"{WORK}aside_{table.contract.name}")
    counts = {
        row[RULE]: row["rows"] for row in part.group_by(RULE).aggregate(rows=part.count()).to_pyarrow().to_pylist()
    }
    if not counts:
        return table
    result.aside.append(replace(table, broken=part, counts=counts))
    numbered = table.numbered.anti_join(part, ROW_ID).select(*table.numbered.columns)
    broken = part if table.broken is None else ibis.union(table.broken, part)
    repaired = (
        None if table.repaired is None else table.repaired.anti_join(part, ROW_ID).select(*table.repaired.columns)
    )
    return replace(
        table,
        numbered=numbered,
        accepted=numbered.drop(ROW_ID),
        broken=broken,
        counts=_added(table.counts, counts),
        repaired=repaired,
        repaired_rows=0 if repaired is None else int(repaired.count().execute()),
    )


def _added(before: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    both = {rule: before.get(rule, 0) + more.get(rule, 0) for rule in {**before, **more}}
    return dict(sorted(both.items(), key=lambda item: (-item[1], item[0])))


def _handed_on(owners: FormerOwners, gap_days: int) -> str:
    first = owners.ids.order_by("former_id").limit(_EXAMPLES).former_id.to_pyarrow().to_pylist()
    more = ", ..." if owners.count > _EXAMPLES else ""
    return (
        f"{owners.held:,} ids were activated anew more than {gap_days} days after an exit (ingest.reuse_gap_days), so "
        f"they are other subscribers since then; what was before is under ids of its own: {', '.join(first)}{more}"
    )


def _too_early(aside: Sequence[Validated], subscribers: int) -> str:
    rows = [(table.contract.name, sum(table.counts.values()), table.given.rows) for table in aside]
    shares = ", ".join(f"{away:,} rows of {name} ({100 * away / every:.1f} %)" for name, away, every in rows)
    return (
        f"{shares} lie before activated_on of their subscribers ({subscribers:,}) and are set aside (quarantine, rule "
        f"{early.KIND}); next: if activated_on is the day of a contract or a migration, select the first day of "
        "service in subscribers.sql; if numbers are given to others, give the exits in status_changes.sql"
    )
