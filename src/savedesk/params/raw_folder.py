"""Where the raw files of a source lie, and a record of it that DVC can depend on."""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path
from typing import Any

from savedesk.errors import MissingInputError

RAW_ENV = "SAVEDESK_RAW"
WITHOUT = "simulated"  # the source that has no raw files
RECORD = "data/locate/raw.json"


def own_folder(root: Path, name: str) -> Path:
    """Return the folder of a source's raw files within the project."""
    return root / "data" / "raw" / name


def of_source(folder: Path, name: str) -> Path:
    """Return the raw folder that a user named: the folder itself, or its subfolder for this source.

    Raises:
        MissingInputError: no such folder.
    """
    forms = (folder, *(Path(unicodedata.normalize(form, str(folder))) for form in ("NFC", "NFD")))  # Macs store NFD
    given = next((path.expanduser() for path in forms if path.expanduser().is_dir()), None)
    if given is None:
        raise MissingInputError(
            "no such folder",
            where=f"{RAW_ENV}={folder}",
            next_step=f"name the folder with the raw files of {name}, or unset {RAW_ENV}",
        )
    return given / name if (given / name).is_dir() else given


def named_folder(root: Path, name: str) -> Path | None:
    """Return the folder that ``SAVEDESK_RAW`` names; None where it is not set, or is the project's own all the same.

    Raises:
        MissingInputError: it names no folder.
    """
    given = os.environ.get(RAW_ENV, "").strip()
    if not given or name == WITHOUT:
        return None
    folder, own = of_source(Path(given), name), own_folder(root, name)
    return None if own.exists() and own.resolve() == folder.resolve() else folder


def raw_folder(root: Path, name: str) -> Path:
    """Return where the raw files of a source are read: ``SAVEDESK_RAW`` if it is set, else ``data/raw/<name>``.

    Raises:
        MissingInputError: no such folder.
    """
    named = named_folder(root, name)
    return named if named is not None else own_folder(root, name)


def be_there(root: Path, name: str) -> None:
    """Make the project's own raw folder, which DVC needs even where another one is read.

    Raises:
        MissingInputError: it is a link to a folder that is gone.
    """
    place = own_folder(root, name)
    if place.is_symlink() and not place.exists():
        raise MissingInputError(
            f"a link to {place.readlink()}, which is not there",
            where=f"data/raw/{name}",
            next_step=f"bring that folder back, or remove the link and set {RAW_ENV} to where the raw files are",
        )
    place.mkdir(parents=True, exist_ok=True)


def raw_line(root: Path, name: str) -> str:
    """Return a line on the folder that ``SAVEDESK_RAW`` names; empty where the project's own is read."""
    named = named_folder(root, name)
    if named is None:
        return ""
    own = own_folder(root, name)
    beside = f"; data/raw/{name} has files of its own, which are not read" if _has_files(own) else ""
    return f"raw files are read from {named}, as {RAW_ENV} says{beside}"


def located(root: Path, name: str) -> dict[str, Any]:
    """Return which raw files the next ingest reads: folder, and size and time of each file outside of the project.

    DVC watches ``data/raw/<name>`` itself; of another folder it knows only what this record says.
    """
    named = named_folder(root, name)
    if named is None:
        return {"source": name, "folder": f"data/raw/{name}"}
    files = {str(path.relative_to(named)): _state(path) for path in sorted(named.rglob("*")) if path.is_file()}
    return {"source": name, "folder": str(named.resolve()), "files": files}


def keep_located(root: Path, name: str) -> str:
    """Write the record that stage ingest depends on in dvc.yaml, and return what it says as a line."""
    be_there(root, name)
    record = located(root, name)
    path = root / RECORD
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.tmp")
    scratch.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    scratch.replace(path)
    if name == WITHOUT:
        return f"source {name} has no raw files"
    return raw_line(root, name) or f"raw files are read from data/raw/{name}"


def _state(path: Path) -> dict[str, int]:
    stat = path.stat()
    return {"bytes": stat.st_size, "modified_ns": stat.st_mtime_ns}


def _has_files(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())
