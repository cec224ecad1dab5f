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


def expose_raw(made: IngestRun, simulator: SimulatorParams | None, scratch: Path) -> None:
    """Show every relation of the source to SQL; keep what could not be read and what is doubtful."""
    if simulator is not None:
        _simulate(made, simulator, scratch)
        return
    folder = raw_folder(made.inputs.root, made.name)
    params, source = made.params, made.source
    names = naming_columns(made.selects, {table.name: table for table in CANONICAL})
    exposing = Exposing(
        folder,
        scratch,
        made.engine,
        params.max_line_mb,
        source.timezone,
        made.sql,
        source.follow_links,
        params.max_unpacked_mb,
        names,
    )
    places: dict[str, tuple[RawFile, Placed]] = {}
    for name, declared in made.source.files.items():
        exposed = exposing.expose(name, declared)
        relation = exposed.relation
        places[name] = declared, exposed.placed
        made.relations.append(relation)
        made.sampled.append(exposed.sampled)
        away = quarantined.lines(relation, made.engine)
        if away is not None:
            made.quarantined.append(away)
            quarantined.hold_lines(relation, away, made.params.max_quarantined_share, made.inputs.root, made.engine)
        made.tell(no_value_view.raw_told(name, declared.path, relation.rows, relation.absent, made.sql))
        made.warnings += [*relation.warnings, *doubtful(exposed.sampled, made.sql, names)]
    made.warnings += passed_over(places, folder)
    if any(relation.counts_from_1904 for relation in made.relations):
        made.engine.define(dialect.no_serial_days(made.engine.name))


def _simulate(made: IngestRun, params: SimulatorParams, scratch: Path) -> None:
    """Simulate the operator and show its tables to the SQL; the truth is shown to its own SELECT alone."""
    from savedesk.simulator import parts, simulate  # noqa: PLC0415 - the other sources do not need it

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
