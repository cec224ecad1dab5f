"""Find the raw files of a source, check them, and show each as a relation to the source's SQL."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from savedesk.engine.base import Engine
from savedesk.errors import DataContractError, MissingInputError
from savedesk.ingest.csv_file import Rejected, text_schema, write_text
from savedesk.ingest.source import RawFile
from savedesk.ingest.xlsx_file import write_sheet

RAW_ENV = "SAVEDESK_RAW"


@dataclass(frozen=True)
class Relation:
    """A raw table that the SQL can read.

    Args:
        name: its name in the SQL.
        columns: its columns, without ``_row`` and ``_file``; none if the file is empty to the last byte.
        rows: rows that could be read.
        rejected: lines that could not.
    """

    name: str
    columns: tuple[str, ...]
    rows: int
    rejected: tuple[Rejected, ...] = field(default=())


def raw_folder(root: Path, name: str) -> Path:
    """Return where the raw files of a source lie.

    ``SAVEDESK_RAW`` names the folder itself, or a folder that holds one for each source; else ``data/raw/<name>``.
    """
    given = os.environ.get(RAW_ENV)
    if not given:
        return root / "data" / "raw" / name
    folder = Path(given).expanduser()
    return folder / name if (folder / name).is_dir() else folder


def expose(name: str, declared: RawFile, folder: Path, scratch: Path, engine: Engine, max_line_mb: int) -> Relation:
    """Show the relation to SQL. Values of csv and xlsx files are text; parquet stays as it is.

    Raises:
        MissingInputError: no such file.
        DataContractError: another hash than declared, or a file that cannot be read at all.
    """
    files = _found(name, declared, folder)
    if declared.kind == "parquet":
        return _parquet(name, files, engine)
    target = scratch / f"{name}.parquet"
    if declared.kind == "csv":
        read = write_text(files, declared, target, max_line_mb)
    else:
        read = write_sheet(files, declared, target)
    if not read.columns:
        pq.write_table(text_schema([]).empty_table(), target)
    engine.show(name, [target])
    return Relation(name, tuple(read.columns), read.rows, tuple(read.rejected))


def _found(name: str, declared: RawFile, folder: Path) -> list[Path]:
    files = sorted(folder.glob(declared.path)) if declared.is_pattern else [folder / declared.path]
    files = [path for path in files if path.is_file()]
    if not files:
        raise MissingInputError(
            f"relation {name!r} has no file",
            where=str(folder / declared.path),
            next_step=f"put it there, or set {RAW_ENV} to the folder that holds it",
        )
    if declared.sha256 and (found := _sha256(files[0])) != declared.sha256:
        raise DataContractError(
            f"sha256 is {found}, but source.yaml declares {declared.sha256}",
            where=str(files[0]),
            next_step="fetch the file again, or declare the new hash if it is meant to differ",
        )
    return files


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _parquet(name: str, files: list[Path], engine: Engine) -> Relation:
    try:
        table = engine.show(name, files)
        return Relation(name, tuple(table.columns), int(table.count().execute()))
    except engine.errors as error:
        raise DataContractError(
            f"not readable as parquet: {engine.problem(error).message}",
            where=files[0].name,
            next_step="fetch the file again",
        ) from error
