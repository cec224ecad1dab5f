"""Stage ingest: a source folder and its raw files -> canonical tables, quarantine and facts about the source."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from savedesk.errors import DataContractError, MissingInputError
from savedesk.params.ingest import IngestParams
from savedesk.params.prioritise import PrioritiseParams
from savedesk.params.raw_folder import raw_line
from savedesk.params.simulator import SimulatorParams
from savedesk.params.source import SourceName
from savedesk.pipeline.inputs import Inputs
from savedesk.policy.campaigns import TERMS, terms_of
from savedesk.schemas import (
    attributes,
    bills,
    quarantine,
    renamed_ids,
    source_facts,
    subscribers,
    truth,
    unknown_facts,
)
from savedesk.schemas.table import Contract, Table
from savedesk.stages.ingest import dialect, facts, limits, no_value_view, quarantined, unknown, values
from savedesk.stages.ingest.canonical import CANONICAL, wanted_tables
from savedesk.stages.ingest.casting import casting
from savedesk.stages.ingest.closing import closing_lines, losses
from savedesk.stages.ingest.identity.keys import unmatched
from savedesk.stages.ingest.identity.lost_renames import lost_renames
from savedesk.stages.ingest.identity.one_row import overruled
from savedesk.stages.ingest.identity.renamed import renames_after
from savedesk.stages.ingest.identity.settle import settled
from savedesk.stages.ingest.identity.strangers import written_otherwise
from savedesk.stages.ingest.identity.totals import seen_totals
from savedesk.stages.ingest.ingest_run import IngestRun
from savedesk.stages.ingest.plausibility.look import implausible
from savedesk.stages.ingest.plausibility.nothing_readable import nothing_readable
from savedesk.stages.ingest.raw import Relation
from savedesk.stages.ingest.raw_tables import expose_raw
from savedesk.stages.ingest.reported import contacts_of, reported, with_reported
from savedesk.stages.ingest.source import SOURCE_FILE, load_source
from savedesk.stages.ingest.statement import SPARK_SUFFIX, WORK, Given, mentions, run_select
from savedesk.stages.ingest.unread import unread_numbers
from savedesk.stages.ingest.validation import Validated, validate

READS: tuple[Contract, ...] = ()
WRITES: tuple[Contract, ...] = (
    *CANONICAL,
    attributes.DICTIONARY,
    source_facts.FILE,
    source_facts.COUNTS,
    quarantine.TABLE,
    quarantine.REPAIRED,
    unknown_facts.TABLE,
)
SECTIONS = (SourceName, IngestParams, SimulatorParams, PrioritiseParams)
PARAMS = {PrioritiseParams: TERMS}  # of these sections only some params act, so that others do not ingest anew


def run(inputs: Inputs) -> dict[str, Any]:
    """Return the canonical tables, what was turned away, and the facts about the source.

    Raises:
        ParamsError: source.yaml or the SQL files are not as they should be.
        MissingInputError: a raw file is not there.
        DataContractError: a file or a SELECT cannot be read, or too many rows break a rule.
    """
    name = inputs.section(SourceName).name
    source = load_source(inputs.root / "data" / "sources" / name)
    simulator = _simulator(inputs, name) if source.kind == "simulated" else None
    ingest_run = IngestRun(inputs, name, source, source.latest(simulator, dt.datetime.now(tz=dt.UTC).date()))
    wanted = wanted_tables(ingest_run)
    shutil.rmtree(inputs.root / quarantined.BREACH_FOLDER, ignore_errors=True)
    for statement in dialect.functions(ingest_run.engine.name, ingest_run.latest, source.as_of, source.timezone):
        ingest_run.engine.define(statement)
    # Where the executors of a cluster can read it. What a killed run leaves there is removed by the runner.
    with tempfile.TemporaryDirectory(prefix=".ingest-", dir=inputs.root / "data") as scratch:
        expose_raw(ingest_run, simulator, Path(scratch))
        for table in inputs.progress.track(wanted, "tables", len(wanted)):
            _ingest(ingest_run, table)
        _add_unknown_lines(ingest_run, wanted)
        _settle(ingest_run)
        _add_reported(ingest_run)
        for validated in ingest_run.validated:
            _set_aside(ingest_run, validated)
    people = next(validated for validated in ingest_run.validated if validated.contract is subscribers.TABLE)
    if not people.given.rows - people.turned_away:
        raise DataContractError(
            "no subscribers",
            where=ingest_run.where("subscribers.sql"),
            next_step="check the raw file and the SELECT's conditions",
        )
    return _outputs(ingest_run, simulator)


def _simulator(inputs: Inputs, name: str) -> SimulatorParams:
    if SimulatorParams.key not in inputs.sections:
        raise MissingInputError(
            "not there",
            where=f"data/sources/{name}/{SimulatorParams.file}",
            next_step="copy it from data/sources/simulated",
        )
    return inputs.section(SimulatorParams)


def _ingest(ingest_run: IngestRun, table: Table) -> None:
    file = f"{table.name}.sql"
    if ingest_run.engine.name == "spark" and (ingest_run.folder / f"{table.name}{SPARK_SUFFIX}").is_file():
        file = f"{table.name}{SPARK_SUFFIX}"
    if table is truth.TABLE and ingest_run.hidden:
        ingest_run.engine.show(truth.TABLE.name, [ingest_run.hidden])
    contract = facts.attributes_contract(ingest_run.source) if table is attributes.TABLE else table
    given = _given(ingest_run, contract, file)
    if ingest_run.source.kind != "simulated":
        cleared = values.cleared(given, contract, ingest_run.source.absent, ingest_run.where(file))
        ingest_run.tell(no_value_view.table_lines(table.name, given.rows, cleared.counts, cleared.kept))
        given = replace(given, values=cleared.table)
    accepted = {name: rows for name, rows in ingest_run.tables.items() if name == subscribers.TABLE.name}
    validated = validate(
        contract,
        given,
        ingest_run.engine,
        accepted,
        ingest_run.latest,
        ingest_run.params.max_text_length,
        ingest_run.renames,
    )
    if contract is subscribers.TABLE and ingest_run.renames is not None:
        values_cast = casting(
            given.table if given.values is None else given.values,
            contract.columns,
            ingest_run.params.max_text_length,
            ingest_run.latest,
        )
        ingest_run.warnings += overruled(ingest_run.renames.pairs, values_cast)
    rules = (*validated.counts, *validated.unreadable)
    ingest_run.warnings += unread_numbers(given.table, contract, rules, ingest_run.where(file), ingest_run.sampled)
    touched = _set_unknown(ingest_run, validated.losses)
    limits.hold(
        validated.losses, touched, ingest_run.params, ingest_run.inputs.root, ingest_run.where(file), ingest_run.engine
    )
    ingest_run.tables[table.name] = validated.accepted
    ingest_run.validated.append(validated)
    ingest_run.renames = renames_after(
        table,
        validated,
        ingest_run.renames,
        ingest_run.engine,
        ingest_run.params.reuse_gap_days,
        ingest_run.where(file),
    )
    ingest_run.lost_renames = ingest_run.lost_renames or lost_renames(validated, ingest_run.renames, ingest_run.engine)


def _set_aside(ingest_run: IngestRun, validated: Validated) -> None:
    """Keep what became of the rows of a table: those turned away, and those that lost a value."""
    away, repaired = quarantined.rows(validated), quarantined.repaired(validated)
    ingest_run.quarantined += [] if away is None else [away]
    ingest_run.repaired += [] if repaired is None else [repaired]


def _settle(ingest_run: IngestRun) -> None:
    """Give each fact to the subscriber whom it speaks of; a snapshot has no days to tell them apart by."""
    if ingest_run.source.kind == "snapshot":
        return
    done = settled(ingest_run.validated, ingest_run.engine, ingest_run.params.reuse_gap_days)
    ingest_run.validated, ingest_run.tables, ingest_run.owners = done.validated, done.tables, done.owners
    ingest_run.unknown = [ingest_run.owners.part_unknown(part) for part in ingest_run.unknown]
    ingest_run.warnings += done.warnings
    ingest_run.notes += done.notes
    ingest_run.figures |= done.figures


def _set_unknown(ingest_run: IngestRun, validated: Validated) -> int:
    """Keep what the rows and values that a table lost would have said; return of how many subscribers that is."""
    parts = [part for part in (unknown.of_rows(validated), unknown.of_values(validated)) if part is not None]
    parts += unknown.of_lost_renames(validated, ingest_run.lost_renames)
    parts += unknown.of_near_renames(validated, ingest_run.renames)
    if not parts:
        return 0
    name = validated.contract.name
    facts_lost = unknown.combined(parts, ingest_run.engine, f"unknown_{name}")
    ingest_run.unknown.append(facts_lost)
    return int(facts_lost.subscriber_id.nunique().execute())


def _add_unknown_lines(ingest_run: IngestRun, tables: Sequence[Table]) -> None:
    """Keep what lines of raw files that could not be read would have said of the subscribers that they name."""
    for relation in ingest_run.relations:
        if not relation.rejected:
            continue
        readers = [
            t for t in tables if mentions((ingest_run.folder / f"{t.name}.sql").read_text("utf-8"), relation.name)
        ]
        separator = ingest_run.source.files[relation.name].separator
        people = ingest_run.tables[subscribers.TABLE.name]
        lost, unnamed = unknown.of_lines(relation, separator, readers, people, ingest_run.engine)
        ingest_run.unknown += [] if lost is None else [lost]
        if unnamed:
            ingest_run.warnings.append(
                f"{relation.name}: {unnamed:,} of the lines that cannot be read name no subscriber, so nobody can tell "
                "of whom something is unknown; next: mend the file (the lines are in data/ingest/quarantine.parquet)"
            )


def _add_reported(ingest_run: IngestRun) -> None:
    """Add what agents reported back about the lists of this source. A row that fits no longer stops nothing."""
    contacts = contacts_of(
        ingest_run.inputs.root, ingest_run.name, terms_of(ingest_run.inputs.section(PrioritiseParams))
    )
    if contacts is None:
        return
    outcomes = reported(
        contacts,
        ingest_run.engine,
        ingest_run.tables,
        ingest_run.latest,
        ingest_run.params.max_text_length,
        ingest_run.renames,
        ingest_run.owners,
    )
    ingest_run.tables = with_reported(ingest_run.tables, outcomes)
    ingest_run.validated.append(outcomes.validated)
    ingest_run.figures |= outcomes.figures


def _given(ingest_run: IngestRun, contract: Table, file: str) -> Given:
    where = ingest_run.where(file)
    check = None
    if contract.name == attributes.TABLE.name:
        check = partial(
            facts.check_attributes, ingest_run.source, where=where, declared_in=ingest_run.where(SOURCE_FILE)
        )
    return run_select(ingest_run.folder / file, where, contract, ingest_run.relations, ingest_run.engine, check)


def _outputs(ingest_run: IngestRun, simulator: SimulatorParams | None) -> dict[str, Any]:
    engine = ingest_run.engine
    tables = {table.name: ingest_run.tables.get(table.name, engine.empty(table.columns)) for table in CANONICAL}
    if ingest_run.renames is not None:
        tables[renamed_ids.TABLE.name] = ingest_run.renames.pairs.select(*renamed_ids.TABLE.column_names)
    lost = unknown.combined(ingest_run.unknown, engine)
    touched = {**unknown.subscribers_by_rule(lost), **ingest_run.renames_touched()}
    counted = facts.counts(ingest_run.relations, ingest_run.validated, CANONICAL, touched)
    return {
        **tables,
        attributes.DICTIONARY.name: facts.dictionary(ingest_run.source),
        source_facts.FILE.name: facts.source_facts(
            ingest_run.name, ingest_run.source, ingest_run.latest, ingest_run.tables, simulator
        )
        | {"losses": losses(lost, ingest_run.validated, ingest_run.params.repeat_from_share)},
        source_facts.COUNTS.name: counted,
        quarantine.TABLE.name: quarantined.combined(ingest_run.quarantined, quarantine.TABLE, engine),
        quarantine.REPAIRED.name: quarantined.combined(ingest_run.repaired, quarantine.REPAIRED, engine),
        unknown_facts.TABLE.name: lost,
        "metrics": {**_metrics(ingest_run.relations, ingest_run.validated), **ingest_run.figures},
        "warnings": _warnings(ingest_run, tables),
        "notes": _notes(ingest_run),
        "closing": closing_lines(counted, ingest_run.validated),
    }


def _warnings(ingest_run: IngestRun, tables: Mapping[str, Any]) -> list[str]:
    """Return what the tables say that is hardly meant, or cannot be used.

    Raises:
        DataContractError: it would decide the list, or two tables never meet.
    """
    dated = ingest_run.source.kind != "snapshot"
    # Under a name of its own each is translated once, and not for every look at it.
    seen = {name: ingest_run.engine.rename(table, f"{WORK}seen_{name}") for name, table in ingest_run.tables.items()}
    # Outcomes make contacts, for which there may be no SQL.
    own = {validated.contract.name for validated in ingest_run.validated}
    return [
        *seen_totals(ingest_run.validated),
        *unmatched(seen),
        *written_otherwise(ingest_run.validated, ingest_run.engine),
        *ingest_run.warnings,
        *implausible(
            {name: table for name, table in seen.items() if name in own},
            ingest_run.params.plausible,
            ingest_run.latest,
            dated=dated,
        ),
        *nothing_readable(seen, ingest_run.unknown),
        *facts.doubts({**tables, **seen}, bills_have_numbers=_bills_have_numbers(ingest_run)),
    ]


def _bills_have_numbers(ingest_run: IngestRun) -> bool:
    return any(
        validated.contract is bills.TABLE and "bill_id" in validated.given.columns for validated in ingest_run.validated
    )


def _notes(ingest_run: IngestRun) -> list[str]:
    where = raw_line(ingest_run.inputs.root, ingest_run.name)
    notes = [*([where] if where else []), *ingest_run.notes]
    notes += [note for relation in ingest_run.relations for note in relation.notes]
    waiting = ingest_run.figures.get("outcomes_waiting", 0)
    if waiting:
        said = f"{waiting:,} outcomes reported for days after {ingest_run.latest} count for the list at once"
        notes.append(f"{said}, and as contacts once the data reach them")
    return notes


def _metrics(relations: Sequence[Relation], tables: Sequence[Validated]) -> Mapping[str, Any]:
    figures: dict[str, Any] = {"raw_lines_unreadable": sum(len(relation.rejected) for relation in relations)}
    for table in tables:
        name = table.contract.name
        figures[f"{name}_in"] = table.given.rows
        figures[f"{name}_accepted"] = table.given.rows - table.turned_away - table.repaired_rows
        figures[f"{name}_repaired"] = table.repaired_rows
        figures[f"{name}_quarantined"] = table.turned_away
    return figures
