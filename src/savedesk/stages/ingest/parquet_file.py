"""Parquet files of one relation: whether they fit together, and in which time zone their moments are."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from savedesk.engine.base import Engine
from savedesk.engine.damaged_file import DAMAGED_FILE
from savedesk.errors import DataContractError
from savedesk.stages.ingest.placement import Placed
from savedesk.stages.ingest.raw_file import RawFile

_GREENWICH = ("UTC", "Etc/UTC", "GMT", "Etc/GMT", "Z", "+00:00", "Universal", "Zulu")
_SAMPLE_FILES, _SAMPLE_ROWS = 5, 20_000
_TEXTS = (pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary(), pa.binary_view())
_INT96 = "INT96"  # instants of Greenwich that do not say so, as Spark and Impala used to write them


def show_parquet(name: str, layout: Placed, declared: RawFile, zone: str | None, engine: Engine, shown: str) -> Any:
    """Show parquet files to SQL as one relation, whose moments are local times.

    Args:
        name: the relation, for messages.
        layout: its files.
        declared: what source.yaml says about them.
        zone: the operator's time zone, if source.yaml says it.
        engine: where they are shown.
        shown: under which name.

    Raises:
        DataContractError: a file is no parquet, two columns have one name, the files do not have the same columns and
            types, folders contradict a file, or moments are of a zone that nobody names.
    """
    schemas = {path: _schema(path) for path in layout.files}
    _hold_columns(schemas, declared.optional)
    inside = {column.lower() for schema in schemas.values() for column in schema.names}
    outside = [column for column in layout.columns if column.lower() not in inside]
    _hold_folders(layout, schemas, outside)
    instants = _instants(schemas)
    zones = {column: zone or own for column, own in instants.items()}
    unnamed = [column for column, at in zones.items() if not at]
    table = engine.show(shown, layout.files, outside)
    for column in unnamed:
        zones[column] = _at_midnight(table, column, name)
    return engine.show(shown, layout.files, outside, zones) if zones else table


def some_texts(layout: Placed) -> pa.Table:
    """Return the columns of text of some rows, from files spread over all of them."""
    step = -(-len(layout.files) // _SAMPLE_FILES)
    parts = []
    for path in layout.files[::step]:
        file = pq.ParquetFile(path)
        names = [column.name for column in file.schema_arrow if _kind(column.type) == "text"]
        batch = next(file.iter_batches(batch_size=_SAMPLE_ROWS, columns=names), None) if names else None
        if batch is not None:
            parts.append(pa.table({name: batch[name].cast(pa.string()) for name in names}))
    return pa.concat_tables(parts, promote_options="default") if parts else pa.table({})


def _schema(path: Path) -> pa.Schema:
    try:
        return pq.read_schema(path)
    except (*DAMAGED_FILE, OSError) as error:
        said = str(error).splitlines()[0]
        step = "fetch the file again"
        raise DataContractError(f"not readable as parquet: {said}", where=path.name, next_step=step) from error


def _hold_columns(schemas: Mapping[Path, pa.Schema], optional: Sequence[str]) -> None:
    """Stop where files have other columns or other types than the first one, so that no value is lost or changed."""
    first, *others = schemas
    for path, schema in schemas.items():
        lowered = [column.lower() for column in schema.names]
        repeated = next((column for column in schema.names if lowered.count(column.lower()) > 1), None)
        if repeated is not None:
            raise DataContractError(
                f"two columns have the name {repeated!r} (upper and lower case are the same)",
                where=path.name,
                next_step="rename one of them in the file",
            )
    expected = schemas[first]
    kinds: dict[str, str] = {}
    for path in schemas:
        for column in schemas[path]:
            kind = _kind(column.type)
            if kind and kinds.setdefault(column.name, kind) != kind:
                raise DataContractError(
                    f"column {column.name!r} is {column.type}, but {kinds[column.name]} in files before it",
                    where=path.name,
                    next_step="write it with one type in all files, or declare a relation for each type and UNION ALL "
                    "them in the SQL",
                )
    for path in others:
        missing = sorted(set(expected.names) - set(schemas[path].names) - set(optional))
        added = sorted(set(schemas[path].names) - set(expected.names) - set(optional))
        if missing or added:
            raise DataContractError(
                f"columns differ from those of {first.name}: missing {missing}, added {added}",
                where=path.name,
                next_step="declare the files as relations of their own and UNION ALL BY NAME them in the SQL, where a "
                "column was renamed; or list under optional: in source.yaml what some files do not have",
            )


def _kind(dtype: pa.DataType) -> str:
    """Return the kind of a type: within a kind nothing is lost where files differ; empty if a column has no value."""
    if pa.types.is_dictionary(dtype):
        return _kind(dtype.value_type)
    if pa.types.is_null(dtype):
        return ""
    if pa.types.is_integer(dtype) or pa.types.is_floating(dtype) or pa.types.is_decimal(dtype):
        return "number"
    if dtype in _TEXTS:
        return "text"
    if pa.types.is_date(dtype) or (pa.types.is_timestamp(dtype) and dtype.tz is None):
        return "date or timestamp without a time zone"
    return f"timestamp of {dtype.tz}" if pa.types.is_timestamp(dtype) else str(dtype)


def _hold_folders(layout: Placed, schemas: Mapping[Path, pa.Schema], outside: Sequence[str]) -> None:
    """Stop where a folder says another value of a column than the file in it."""
    for path, said in zip(layout.files, layout.folders, strict=True):
        for column in said:
            if column in outside:
                continue
            inside = next(name for name in schemas[path].names if name.lower() == column.lower())
            values = pc.unique(pq.read_table(path, columns=[inside], partitioning=None)[inside]).to_pylist()
            hold_folder(path, column, said[column], values)


def hold_folder(path: Path, column: str, said: str | None, values: Sequence[Any]) -> None:
    """Stop where the values of a file are not what its folder says: 2024-01 is that of 2024-01-01, and 1 that of 01.

    Raises:
        DataContractError: a value is another one.
    """
    other = next((value for value in values if not _agrees(str(value), said or "")), None)
    if other is not None:
        raise DataContractError(
            f"the folder says {column}={said}, but the file has {column} {str(other)[:40]!r}",
            where=f"{path.parent.name}/{path.name}",
            next_step="find out which of the two is right, and mend the other",
        )


def _agrees(inside: str, outside: str) -> bool:
    month = re.fullmatch(r"[0-9]{4}(-[0-9]{2})?", outside) and inside.startswith(f"{outside}-")
    same = inside.isdigit() and outside.isdigit() and int(inside) == int(outside)
    return bool(month) or inside == outside or same


def _instants(schemas: Mapping[Path, pa.Schema]) -> dict[str, str]:
    """Return the columns that hold instants, with the zone that they declare; empty where that is Greenwich."""
    zones: dict[str, str] = {}
    for path, schema in schemas.items():
        for column in schema:
            zone = column.type.tz if pa.types.is_timestamp(column.type) else None
            if zone is not None:
                zones[column.name] = "" if zone in _GREENWICH else zone
        physical = pq.ParquetFile(path).schema
        leaves = [physical.column(place) for place in range(len(physical))]
        zones |= {leaf.path: "" for leaf in leaves if leaf.physical_type == _INT96 and leaf.path in schema.names}
    return zones


def _at_midnight(table: Any, column: str, name: str) -> str:
    """Return UTC if every moment is a midnight of Greenwich, so that days are meant.

    Raises:
        DataContractError: some is not, so the operator's day is not known.
    """
    value = table[column]
    seconds = value.epoch_seconds() % int(dt.timedelta(days=1).total_seconds())
    late = table.filter((seconds != 0).fill_null(False)).select(moment=value.cast("string")).limit(1)
    rows = late.to_pyarrow().to_pylist()
    if rows:
        raise DataContractError(
            f"column {column!r} holds moments of Greenwich, such as {rows[0]['moment']}: days elsewhere are not known",
            where=f"relation {name}",
            allowed="the name of a time zone, such as Europe/Berlin, or UTC",
            next_step="set timezone: in source.yaml",
        )
    return "UTC"
