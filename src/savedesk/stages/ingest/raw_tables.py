"""Show the raw files of a source, or the tables of the simulated operator, to its SQL."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq

from savedesk.params.raw_folder import raw_folder
from savedesk.params.simulator import SimulatorParams
from savedesk.schemas import truth
from savedesk.stages.ingest import dialect, no_value_view, quarantined
from savedesk.stages.ingest.canonical import CANONICAL
from savedesk.stages.ingest.doubts import doubtful
from savedesk.stages.ingest.ingest_run import IngestRun
from savedesk.stages.ingest.naming_columns import naming_columns
from savedesk.stages.ingest.placement import Placed, passed_over
from savedesk.stages.ingest.raw import Exposing, Relation
from savedesk.stages.ingest.raw_file import RawFile


def expose_raw(ingest_run: IngestRun, simulator: SimulatorParams | None, scratch: Path) -> None:
    """Show every relation of the source to SQL; keep what could not be read and what is doubtful."""
    if simulator is not None:
        _simulate(ingest_run, simulator, scratch)
        return
    folder = raw_folder(ingest_run.inputs.root, ingest_run.name)
    params, source = ingest_run.params, ingest_run.source
    names = naming_columns(ingest_run.selects, {table.name: table for table in CANONICAL})
    exposing = Exposing(
        folder,
        scratch,
        ingest_run.engine,
        params.max_line_mb,
        source.timezone,
        ingest_run.sql,
        source.follow_links,
        params.max_unpacked_mb,
        names,
    )
    places: dict[str, tuple[RawFile, Placed]] = {}
    for name, declared in ingest_run.source.files.items():
        exposed = exposing.expose(name, declared)
        relation = exposed.relation
        places[name] = declared, exposed.placed
        ingest_run.relations.append(relation)
        ingest_run.sampled.append(exposed.sampled)
        away = quarantined.lines(relation, ingest_run.engine)
        if away is not None:
            ingest_run.quarantined.append(away)
            quarantined.hold_lines(
                relation, away, ingest_run.params.max_quarantined_share, ingest_run.inputs.root, ingest_run.engine
            )
        ingest_run.tell(no_value_view.raw_lines(name, declared.path, relation.rows, relation.absent, ingest_run.sql))
        ingest_run.warnings += [*relation.warnings, *doubtful(exposed.sampled, ingest_run.sql, names)]
    ingest_run.warnings += passed_over(places, folder)
    if any(relation.counts_from_1904 for relation in ingest_run.relations):
        ingest_run.engine.define(dialect.no_serial_days(ingest_run.engine.name))


def _simulate(ingest_run: IngestRun, params: SimulatorParams, scratch: Path) -> None:
    """Simulate the operator and show its tables to the SQL; the truth is shown to its own SELECT alone."""
    from savedesk.simulator import parts, simulate  # noqa: PLC0415 - the other sources do not need it

    rows: Counter[str] = Counter()
    simulated_parts = simulate(params, scratch, ingest_run.inputs.engine.threads)
    for part in ingest_run.inputs.progress.track(simulated_parts, "parts of the operator", parts(params)):
        rows.update(part)
    for name, count in rows.items():
        files = scratch / name / "*.parquet"
        if name == truth.TABLE.name:
            ingest_run.hidden = files
        else:
            ingest_run.engine.show(name, [files])
        columns = pq.read_schema(next(files.parent.glob(files.name))).names
        ingest_run.relations.append(Relation(name, tuple(columns), count))
