"""Stage ingest: a source folder and its raw files -> canonical tables, quarantine and facts about the source."""

from __future__ import annotations

import datetime as dt
import difflib
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from savedesk.contracts import (
    attributes,
    bills,
    complaints,
    contacts,
    contracts,
    incidents,
    labels,
    market,
    plan_changes,
    plans,
    quarantine,
    source_facts,
    status_changes,
    subscribers,
    surveys,
    truth,
    usage,
    valuations,
)
from savedesk.contracts.table import Contract, Table
from savedesk.engine.base import Engine
from savedesk.errors import DataContractError, MissingInputError, ParamsError
from savedesk.ingest import dialect, facts, turned_away
from savedesk.ingest.raw import Relation, expose, raw_folder
from savedesk.ingest.reported import files_of, reported, with_reported
from savedesk.ingest.sift import Sifted, sift
from savedesk.ingest.source import SOURCE_FILE, Source, load_source
from savedesk.ingest.statement import SPARK_SUFFIX, Given, run_select
from savedesk.inputs import Inputs
from savedesk.params.ingest import IngestParams
from savedesk.params.simulator import SimulatorParams
from savedesk.params.source import SourceName

CANONICAL: tuple[Table, ...] = (
    subscribers.TABLE,
    plans.TABLE,
    status_changes.TABLE,
    usage.TABLE,
    bills.TABLE,
    plan_changes.TABLE,
    contracts.TABLE,
    complaints.TABLE,
    surveys.TABLE,
    contacts.TABLE,
    incidents.TABLE,
    market.TABLE,
    valuations.TABLE,
    labels.TABLE,
    attributes.TABLE,
    truth.TABLE,  # last, so that the SQL of no other table can see it
)
READS: tuple[Contract, ...] = ()
WRITES: tuple[Contract, ...] = (
    *CANONICAL,
    attributes.DICTIONARY,
    source_facts.FILE,
    source_facts.COUNTS,
    quarantine.TABLE,
)
SECTIONS = (SourceName, IngestParams, SimulatorParams)


@dataclass
class _Run:
    """One run of the stage: what it works with and what it has made so far."""

    inputs: Inputs
    name: str
    source: Source
    latest: dt.date
    relations: list[Relation] = field(default_factory=list)
    sifted: list[Sifted] = field(default_factory=list)
    tables: dict[str, Any] = field(default_factory=dict)
    quarantined: list[Any] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)
    hidden: Path | None = None

    @property
    def engine(self) -> Engine:
        return self.inputs.engine

    @property
    def params(self) -> IngestParams:
        return self.inputs.section(IngestParams)

    @property
    def folder(self) -> Path:
        return self.inputs.root / "data" / "sources" / self.name

    def where(self, file: str) -> str:
        return f"data/sources/{self.name}/{file}"


def run(inputs: Inputs) -> dict[str, Any]:
    """Return the canonical tables, what was turned away, and the facts about the source.

    Raises:
        ParamsError: source.yaml or the SQL files are not as they should be.
        MissingInputError: a raw file is not there.
        DataContractError: a file or a SELECT cannot be read, or too many rows break a rule.
    """
    name = inputs.section(SourceName).name
    simulator = inputs.section(SimulatorParams)
    source = load_source(inputs.root / "data" / "sources" / name)
    made = _Run(inputs, name, source, source.latest(simulator, dt.datetime.now(tz=dt.UTC).date()))
    wanted = _wanted(made)
    shutil.rmtree(inputs.root / turned_away.BREACH_FOLDER, ignore_errors=True)
    for statement in dialect.functions(made.engine.name, made.latest, source.as_of):
        made.engine.define(statement)
    # Where the executors of a cluster can read it. What a killed run leaves there is removed by the runner.
    with tempfile.TemporaryDirectory(prefix=".ingest-", dir=inputs.root / "data") as scratch:
        _expose(made, simulator, Path(scratch))
        for table in inputs.progress.track(wanted, "tables", len(wanted)):
            _ingest(made, table)
        _add_reported(made)
    if not made.sifted[0].given.rows - made.sifted[0].turned_away:
        raise DataContractError(
            "no subscribers",
            where=made.where("subscribers.sql"),
            next_step="check the raw file and the SELECT's conditions",
        )
    return _outputs(made)


def _wanted(made: _Run) -> list[Table]:
    """Return the tables that the source folder has SQL for, subscribers first.

    Raises:
        ParamsError: an SQL file that is named after no table.
        MissingInputError: no subscribers.sql.
    """
    known = [table.name for table in CANONICAL]
    found = sorted(path.stem for path in made.folder.glob("*.sql") if not path.name.endswith(SPARK_SUFFIX))
    for path in made.folder.glob(f"*{SPARK_SUFFIX}"):
        stem = path.name.removesuffix(SPARK_SUFFIX)
        if stem not in found:
            step = f"add {stem}.sql in DuckDB's dialect, or remove it"
            raise ParamsError(f"there is no {stem}.sql beside it", where=made.where(path.name), next_step=step)
    for stem in found:
        if stem not in known:
            near = difflib.get_close_matches(stem, known, n=1, cutoff=0.5)
            step = f"did you mean {near[0]}.sql?" if near else "rename or remove it"
            raise ParamsError(
                f"no table is named {stem!r}", where=made.where(f"{stem}.sql"), allowed=", ".join(known), next_step=step
            )
    if subscribers.TABLE.name not in found:
        raise MissingInputError(
            "not there",
            where=made.where("subscribers.sql"),
            next_step="write a SELECT that gives at least subscriber_id",
        )
    if made.source.attributes and attributes.TABLE.name not in found:
        raise ParamsError(
            "attributes are declared without attributes.sql",
            where=made.where(SOURCE_FILE),
            next_step="write it, or remove them",
        )
    return [table for table in CANONICAL if table.name in found]


def _expose(made: _Run, simulator: SimulatorParams, scratch: Path) -> None:
    if made.source.kind == "simulated":
        _simulate(made, simulator, scratch)
        return
    folder = raw_folder(made.inputs.root, made.name)
    for name, declared in made.source.files.items():
        relation = expose(name, declared, folder, scratch, made.engine, made.params.max_line_mb)
        made.relations.append(relation)
        away = turned_away.lines(relation, made.engine)
        if away is not None:
            made.quarantined.append(away)
            turned_away.hold_lines(relation, away, made.params.max_quarantined_share, made.inputs.root, made.engine)


def _simulate(made: _Run, params: SimulatorParams, scratch: Path) -> None:
    """Simulate the operator and show its tables to the SQL; the truth is shown to its own SELECT alone."""
    from savedesk.ingest.simulator import parts, simulate  # noqa: PLC0415 - the other sources do not need it

    rows: Counter[str] = Counter()
    told = simulate(params, scratch, made.inputs.engine.threads)
    for part in made.inputs.progress.track(told, "parts of the operator", parts(params)):
        rows.update(part)
    for name, count in rows.items():
        files = scratch / name / "*.parquet"
        if name == truth.TABLE.name:
            made.hidden = files
        else:
            made.engine.show(name, [files])
        columns = pq.read_schema(next(files.parent.glob(files.name))).names
        made.relations.append(Relation(name, tuple(columns), count))


def _ingest(made: _Run, table: Table) -> None:
    file = f"{table.name}.sql"
    if made.engine.name == "spark" and (made.folder / f"{table.name}{SPARK_SUFFIX}").is_file():
        file = f"{table.name}{SPARK_SUFFIX}"
    if table is truth.TABLE and made.hidden:
        made.engine.show(truth.TABLE.name, [made.hidden])
    contract = facts.attributes_contract(made.source) if table is attributes.TABLE else table
    given = _given(made, contract, file)
    accepted = {subscribers.TABLE.name: made.tables[subscribers.TABLE.name]} if made.tables else {}
    sifted = sift(contract, given, made.engine, accepted, made.latest, made.params.max_text_length)
    away = turned_away.rows(sifted)
    if away is not None:
        made.quarantined.append(away)
        limit = made.params.max_quarantined_share
        turned_away.hold_rows(sifted, away, limit, made.inputs.root, made.where(file), made.engine)
    made.tables[table.name] = sifted.accepted
    made.sifted.append(sifted)


def _add_reported(made: _Run) -> None:
    """Add what agents reported back about the lists of this source. A row that fits no longer stops nothing."""
    files = files_of(made.inputs.root, made.name)
    if not files:
        return
    found = reported(files, made.engine, made.tables, made.latest, made.params.max_text_length)
    away = turned_away.rows(found.sifted)
    made.quarantined += [] if away is None else [away]
    made.tables = with_reported(made.tables, found.sifted.accepted)
    made.sifted.append(found.sifted)
    made.figures |= found.figures


def _given(made: _Run, contract: Table, file: str) -> Given:
    where = made.where(file)
    check = None
    if contract.name == attributes.TABLE.name:
        check = partial(facts.check_attributes, made.source, where=where, declared_in=made.where(SOURCE_FILE))
    return run_select(made.folder / file, where, contract, made.relations, made.engine, check)


def _outputs(made: _Run) -> dict[str, Any]:
    engine = made.engine
    tables = {table.name: made.tables.get(table.name, engine.empty(table.columns)) for table in CANONICAL}
    return {
        **tables,
        attributes.DICTIONARY.name: facts.dictionary(made.source),
        source_facts.FILE.name: facts.source_facts(made.name, made.source, made.latest, made.tables),
        source_facts.COUNTS.name: facts.counts(made.relations, made.sifted, CANONICAL),
        quarantine.TABLE.name: turned_away.together(made.quarantined, engine),
        "metrics": {**_metrics(made.relations, made.sifted), **made.figures},
        "warnings": facts.doubts(tables),
        "notes": _notes(made),
    }


def _notes(made: _Run) -> list[str]:
    waiting = made.figures.get("outcomes_waiting", 0)
    if not waiting:
        return []
    return [f"{waiting:,} outcomes reported for days after {made.latest} wait until the data reach them"]


def _metrics(relations: Sequence[Relation], tables: Sequence[Sifted]) -> Mapping[str, Any]:
    figures: dict[str, Any] = {"raw_lines_unreadable": sum(len(relation.rejected) for relation in relations)}
    for one in tables:
        name = one.contract.name
        figures[f"{name}_in"] = one.given.rows
        figures[f"{name}_accepted"] = one.given.rows - one.turned_away
        figures[f"{name}_quarantined"] = one.turned_away
    return figures
