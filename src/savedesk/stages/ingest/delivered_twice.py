"""A file that lies in a relation twice, under two names: all of its sums would be double."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import zlib
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from savedesk.errors import DataContractError
from savedesk.stages.ingest.placement import Placed
from savedesk.stages.ingest.raw_file import RawFile

_GZIP = b"\x1f\x8b"
_BEGIN = 1 << 20  # bytes by which files are first compared
_LONGEST = 1_000_000  # bytes of a line that are looked at: a longer one is a row


def hold_apart(name: str, declared: RawFile, layout: Placed, folder: Path) -> None:
    """Stop where two files of a relation have the same content, packed or not.

    Files without a row, as of a quiet day, may be alike.

    So may files whose folders say different things, such as two months, since their rows differ.

    Raises:
        DataContractError: two are the same, and source.yaml does not say ``repeated: true``.
    """
    if declared.repeated:
        return
    for first, second in _same(layout, declared.kind == "csv"):
        if not _has_rows(first, declared):
            continue
        names = [path.relative_to(folder).as_posix() for path in (first, second)]
        raise DataContractError(
            f"relation {name!r} has one file under two names, with the same content, so its rows would count twice: "
            f"{names[0]!r} and {names[1]!r}",
            where=str(folder / declared.path),
            next_step="take one of them away; if both are meant, set repeated: true in source.yaml",
        )


def _same(layout: Placed, text: bool) -> Iterator[tuple[Path, Path]]:
    """Yield pairs of the same content; only files that begin alike are read to their end."""
    by_begin: dict[tuple[object, ...], list[Path]] = defaultdict(list)
    for path, said in zip(layout.files, layout.folders, strict=True):
        if len(layout.files) > 1:
            by_begin[_digest(path, text, _BEGIN), *sorted(said.items(), key=str)].append(path)
    for alike in by_begin.values():
        seen: dict[str, Path] = {}
        for path in alike if len(alike) > 1 else ():
            digest = _digest(path, text)
            if digest in seen:
                yield seen[digest], path
            seen.setdefault(digest, path)


def _digest(path: Path, text: bool, most: int | None = None) -> str:
    """Return a hash of the content, or of its first bytes: of a text unpacked, without its mark and with plain ends."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as opened:
            packed = text and opened.read(2) == _GZIP
        with gzip.open(path) if packed else path.open("rb") as content:
            first = True
            while chunk := content.read(_BEGIN):
                chunk = chunk.removeprefix(codecs.BOM_UTF8) if text and first else chunk
                first = False
                digest.update(chunk.replace(b"\r", b"") if text else chunk)
                if most is not None:
                    break
    except (OSError, EOFError, zlib.error):  # its reader says what is wrong
        digest.update(str(path).encode())
    return digest.hexdigest()


def _has_rows(path: Path, declared: RawFile) -> bool:
    """Return whether a file has a row; one that cannot be read may have, and its reader says what is wrong."""
    if declared.kind == "xlsx":
        return True
    try:
        if declared.kind == "parquet":
            return bool(pq.read_metadata(path).num_rows)
        with path.open("rb") as opened:
            packed = opened.read(2) == _GZIP
        with gzip.open(path) if packed else path.open("rb") as lines:
            most = 1 if declared.header is None else 0
            filled = (line for line in iter(lambda: lines.readline(_LONGEST), b"") if line.strip())
            return len(list(islice(filled, most + 1))) > most
    except (pa.ArrowException, OSError, EOFError, zlib.error):
        return False
