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
from savedesk.stages.ingest.validation import Sifted, sift

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
    made = IngestRun(inputs, name, source, source.latest(simulator, dt.datetime.now(tz=dt.UTC).date()))
    wanted = wanted_tables(made)
    shutil.rmtree(inputs.root / quarantined.BREACH_FOLDER, ignore_errors=True)
    for statement in dialect.functions(made.engine.name, made.latest, source.as_of, source.timezone):
        made.engine.define(statement)
    # Where the executors of a cluster can read it. What a killed run leaves there is removed by the runner.
    with tempfile.TemporaryDirectory(prefix=".ingest-", dir=inputs.root / "data") as scratch:
        expose_raw(made, simulator, Path(scratch))
        for table in inputs.progress.track(wanted, "tables", len(wanted)):
            _ingest(made, table)
        _add_unknown_lines(made, wanted)
        _settle(made)
        _add_reported(made)
        for sifted in made.sifted:
            _set_aside(made, sifted)
    people = next(one for one in made.sifted if one.contract is subscribers.TABLE)
    if not people.given.rows - people.turned_away:
        raise DataContractError(
            "no subscribers",
            where=made.where("subscribers.sql"),
            next_step="check the raw file and the SELECT's conditions",
        )
    return _outputs(made, simulator)


def _simulator(inputs: Inputs, name: str) -> SimulatorParams:
    if SimulatorParams.key not in inputs.sections:
        raise MissingInputError(
            "not there",
            where=f"data/sources/{name}/{SimulatorParams.file}",
            next_step="copy it from data/sources/simulated",
        )
    return inputs.section(SimulatorParams)


def _ingest(made: IngestRun, table: Table) -> None:
    file = f"{table.name}.sql"
    if made.engine.name == "spark" and (made.folder / f"{table.name}{SPARK_SUFFIX}").is_file():
        file = f"{table.name}{SPARK_SUFFIX}"
    if table is truth.TABLE and made.hidden:
        made.engine.show(truth.TABLE.name, [made.hidden])
    contract = facts.attributes_contract(made.source) if table is attributes.TABLE else table
    given = _given(made, contract, file)
    if made.source.kind != "simulated":
        cleared = values.cleared(given, contract, made.source.absent, made.where(file))
        made.tell(no_value_view.table_told(table.name, given.rows, cleared.counts, cleared.kept))
        given = replace(given, values=cleared.table)
    accepted = {name: rows for name, rows in made.tables.items() if name == subscribers.TABLE.name}
    sifted = sift(contract, given, made.engine, accepted, made.latest, made.params.max_text_length, made.renames)
    if contract is subscribers.TABLE and made.renames is not None:
        values_cast = casting(
            given.table if given.values is None else given.values,
            contract.columns,
            made.params.max_text_length,
            made.latest,
        )
        made.warnings += overruled(made.renames.pairs, values_cast)
    rules = (*sifted.counts, *sifted.unreadable)
    made.warnings += unread_numbers(given.table, contract, rules, made.where(file), made.sampled)
    touched = _set_unknown(made, sifted.losses)
    limits.hold(sifted.losses, touched, made.params, made.inputs.root, made.where(file), made.engine)
    made.tables[table.name] = sifted.accepted
    made.sifted.append(sifted)
    made.renames = renames_after(table, sifted, made.renames, made.engine, made.params.reuse_gap_days, made.where(file))
    made.lost_renames = made.lost_renames or lost_renames(sifted, made.renames, made.engine)


def _set_aside(made: IngestRun, sifted: Sifted) -> None:
    """Keep what became of the rows of a table: those turned away, and those that lost a value."""
    away, repaired = quarantined.rows(sifted), quarantined.repaired(sifted)
    made.quarantined += [] if away is None else [away]
    made.repaired += [] if repaired is None else [repaired]


def _settle(made: IngestRun) -> None:
    """Give each fact to the subscriber whom it speaks of; a snapshot has no days to tell them apart by."""
    if made.source.kind == "snapshot":
        return
    done = settled(made.sifted, made.engine, made.params.reuse_gap_days)
    made.sifted, made.tables, made.owners = done.sifted, done.tables, done.owners
    made.unknown = [made.owners.part_unknown(one) for one in made.unknown]
    made.warnings += done.warnings
    made.notes += done.notes
    made.figures |= done.figures


def _set_unknown(made: IngestRun, sifted: Sifted) -> int:
    """Keep what the rows and values that a table lost would have said; return of how many subscribers that is."""
    parts = [part for part in (unknown.of_rows(sifted), unknown.of_values(sifted)) if part is not None]
    parts += unknown.of_lost_renames(sifted, made.lost_renames)
    parts += unknown.of_near_renames(sifted, made.renames)
    if not parts:
        return 0
    name = sifted.contract.name
    facts_lost = unknown.together(parts, made.engine, f"unknown_{name}")
    made.unknown.append(facts_lost)
    return int(facts_lost.subscriber_id.nunique().execute())


def _add_unknown_lines(made: IngestRun, tables: Sequence[Table]) -> None:
    """Keep what lines of raw files that could not be read would have said of the subscribers that they name."""
    for relation in made.relations:
        if not relation.rejected:
            continue
        readers = [t for t in tables if mentions((made.folder / f"{t.name}.sql").read_text("utf-8"), relation.name)]
        separator = made.source.files[relation.name].separator
        people = made.tables[subscribers.TABLE.name]
        lost, nobody = unknown.of_lines(relation, separator, readers, people, made.engine)
        made.unknown += [] if lost is None else [lost]
        if nobody:
            made.warnings.append(
                f"{relation.name}: {nobody:,} of the lines that cannot be read name no subscriber, so nobody can tell "
                "of whom something is unknown; next: mend the file (the lines are in data/ingest/quarantine.parquet)"
            )


def _add_reported(made: IngestRun) -> None:
    """Add what agents reported back about the lists of this source. A row that fits no longer stops nothing."""
    contacts = contacts_of(made.inputs.root, made.name, terms_of(made.inputs.section(PrioritiseParams)))
    if contacts is None:
        return
    found = reported(
        contacts, made.engine, made.tables, made.latest, made.params.max_text_length, made.renames, made.owners
    )
    made.tables = with_reported(made.tables, found)
    made.sifted.append(found.sifted)
    made.figures |= found.figures


def _given(made: IngestRun, contract: Table, file: str) -> Given:
    where = made.where(file)
    check = None
    if contract.name == attributes.TABLE.name:
        check = partial(facts.check_attributes, made.source, where=where, declared_in=made.where(SOURCE_FILE))
    return run_select(made.folder / file, where, contract, made.relations, made.engine, check)


def _outputs(made: IngestRun, simulator: SimulatorParams | None) -> dict[str, Any]:
    engine = made.engine
    tables = {table.name: made.tables.get(table.name, engine.empty(table.columns)) for table in CANONICAL}
    if made.renames is not None:
        tables[renamed_ids.TABLE.name] = made.renames.pairs.select(*renamed_ids.TABLE.column_names)
    lost = unknown.together(made.unknown, engine)
    touched = {**unknown.subscribers_by_rule(lost), **made.renames_touched()}
    counted = facts.counts(made.relations, made.sifted, CANONICAL, touched)
    return {
        **tables,
        attributes.DICTIONARY.name: facts.dictionary(made.source),
        source_facts.FILE.name: facts.source_facts(made.name, made.source, made.latest, made.tables, simulator)
        | {"losses": losses(lost, made.sifted, made.params.repeat_from_share)},
        source_facts.COUNTS.name: counted,
        quarantine.TABLE.name: quarantined.together(made.quarantined, quarantine.TABLE, engine),
        quarantine.REPAIRED.name: quarantined.together(made.repaired, quarantine.REPAIRED, engine),
        unknown_facts.TABLE.name: lost,
        "metrics": {**_metrics(made.relations, made.sifted), **made.figures},
        "warnings": _warnings(made, tables),
        "notes": _notes(made),
        "closing": closing_lines(counted, made.sifted),
    }


def _warnings(made: IngestRun, tables: Mapping[str, Any]) -> list[str]:
    """Return what the tables say that is hardly meant, or cannot be used.

    Raises:
        DataContractError: it would decide the list, or two tables never meet.
    """
    dated = made.source.kind != "snapshot"
    # Under a name of its own each is translated once, and not for every look at it.
    seen = {name: made.engine.rename(table, f"{WORK}seen_{name}") for name, table in made.tables.items()}
    own = {one.contract.name for one in made.sifted}  # outcomes make contacts, for which there may be no SQL
    return [
        *seen_totals(made.sifted),
        *unmatched(seen),
        *written_otherwise(made.sifted, made.engine),
        *made.warnings,
        *implausible(
            {name: table for name, table in seen.items() if name in own},
            made.params.plausible,
            made.latest,
            dated=dated,
        ),
        *nothing_readable(seen, made.unknown),
        *facts.doubts({**tables, **seen}, bills_have_numbers=_bills_have_numbers(made)),
    ]


def _bills_have_numbers(made: IngestRun) -> bool:
    return any(one.contract is bills.TABLE and "bill_id" in one.given.columns for one in made.sifted)


def _notes(made: IngestRun) -> list[str]:
    where = raw_line(made.inputs.root, made.name)
    notes = [*([where] if where else []), *made.notes]
    notes += [note for relation in made.relations for note in relation.notes]
    waiting = made.figures.get("outcomes_waiting", 0)
    if waiting:
        said = f"{waiting:,} outcomes reported for days after {made.latest} count for the list at once"
        notes.append(f"{said}, and as contacts once the data reach them")
    return notes


def _metrics(relations: Sequence[Relation], tables: Sequence[Sifted]) -> Mapping[str, Any]:
    figures: dict[str, Any] = {"raw_lines_unreadable": sum(len(relation.rejected) for relation in relations)}
    for one in tables:
        name = one.contract.name
        figures[f"{name}_in"] = one.given.rows
        figures[f"{name}_accepted"] = one.given.rows - one.turned_away - one.repaired_rows
        figures[f"{name}_repaired"] = one.repaired_rows
        figures[f"{name}_quarantined"] = one.turned_away
    return figures
