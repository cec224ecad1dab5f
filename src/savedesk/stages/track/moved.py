"""A project folder that was moved or copied: its own store follows it, though MLflow keeps absolute places for good.

The store beside params.yaml belongs to the folder that it lies in, and so do the files of its runs. Whichever folder
the experiments of Savedesk name: runs, models and versions are found in this one, and new files go here. A store of the
user's own (``MLFLOW_TRACKING_URI``) is left alone, as is an experiment whose files were put elsewhere on purpose.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

ARTIFACTS = "mlartifacts"  # below the project folder
PLACES = (  # where MLflow keeps the place of a file
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "storage_location"),
    ("model_versions", "source"),
)
OF_A_PROJECT = ("params.yaml", "mlflow.db")  # lie in the folder of another project
WAIT = 30.0  # seconds for another process to let go of the store


def bring_along(root: Path, store: Path) -> str:
    """Let the store name the places of this project, and return a line about it; empty where it does already.

    Args:
        root: project folder.
        store: its SQLite file.
    """
    if not store.is_file():
        return ""
    with closing(sqlite3.connect(store, timeout=WAIT, isolation_level=None)) as database:
        homes = _former_homes(database, root)
        if not homes:
            return ""
        database.execute("BEGIN IMMEDIATE")
        for table, column in _there(database, PLACES):
            _rename(database, table, column, homes, root)
        database.execute("COMMIT")
    shown = ", ".join(str(home) for home in homes)
    return f"{store.name} named files in {shown}, where this project or its original was; it names those in {root} now"


def _former_homes(database: sqlite3.Connection, root: Path) -> list[Path]:
    """Return the folders that the experiments of Savedesk take for the project's, without the one that it is."""
    if not list(_there(database, PLACES[:1])):
        return []
    named = database.execute("SELECT DISTINCT artifact_location FROM experiments WHERE name LIKE 'savedesk/%'")
    places = [_path(str(location)) for (location,) in named]
    here = (root / ARTIFACTS).resolve()
    return sorted(
        {
            place.parent
            for place in places
            if place and place.name == ARTIFACTS and place.resolve() != here and _was_a_project(place)
        }
    )


def _was_a_project(place: Path) -> bool:
    """Return whether a folder for files was that of a project: gone with it, or still in one."""
    return not place.is_dir() or any((place.parent / name).is_file() for name in OF_A_PROJECT)


def _rename(database: sqlite3.Connection, table: str, column: str, homes: Iterable[Path], root: Path) -> None:
    """Give each place in a former home its place here, unless the files are in the former home alone."""
    for row, value in database.execute(f"SELECT rowid, {column} FROM {table}").fetchall():  # noqa: S608 - names of ours
        old = _path(str(value or ""))
        home = next((former for former in homes if old and old.is_relative_to(former)), None)
        if old is None or home is None:
            continue
        new = root / old.relative_to(home)
        if table != "experiments" and old.exists() and not new.exists():
            continue
        location = new.as_uri() if str(value).startswith("file:") else str(new)
        database.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (location, row))  # noqa: S608 - as above


def _there(database: sqlite3.Connection, places: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """Return the tables and columns that this version of MLflow has."""
    for table, column in places:
        if column in {name for _, name, *_ in database.execute(f"PRAGMA table_info({table})")}:
            yield table, column


def _path(place: str) -> Path | None:
    """Return a local place as a path; None for any other."""
    if place.startswith("file:"):
        return Path(url2pathname(urlsplit(place).path))
    return Path(place) if place.startswith("/") else None
