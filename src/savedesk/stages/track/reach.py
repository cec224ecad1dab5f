"""Ask whether the tracking store is there before MLflow does: MLflow itself tries again for minutes."""

from __future__ import annotations

import http.client
import socket
import sqlite3
import ssl
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing
from pathlib import Path

from savedesk.redact import redacted

SECONDS = 5.0  # to wait for an answer
PORTS = {"postgresql": 5432, "mysql": 3306, "mssql": 1433}  # of databases, where the address names none


def out_of_reach(uri: str) -> str:
    """Return why the store cannot take a run; empty where it can, or where only MLflow itself can tell.

    Args:
        uri: address of the store.
    """
    try:
        parts = urllib.parse.urlsplit(uri)
        scheme = parts.scheme.partition("+")[0]
        if scheme in {"http", "https"}:
            return _no_answer(_without_user(parts))
        if scheme == "sqlite":
            return _not_writable(Path(urllib.parse.unquote(parts.path.removeprefix("/"))), parts.query)
        port = parts.port or PORTS.get(scheme)
        if scheme in PORTS and parts.hostname and port:
            socket.create_connection((parts.hostname, port), timeout=SECONDS).close()
    except (OSError, ValueError, sqlite3.Error, http.client.HTTPException) as error:
        return redacted(str(error) or type(error).__name__)
    return ""


def _without_user(parts: urllib.parse.SplitResult) -> str:
    """Return an address without user and password: the library takes them for a part of the host's name."""
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _no_answer(uri: str) -> str:
    """Return why a server does not answer; a refusal is an answer, and MLflow knows the password."""
    try:
        urllib.request.urlopen(uri, timeout=SECONDS).close()  # noqa: S310 - the caller has looked at the scheme
    except urllib.error.HTTPError:
        return ""
    except urllib.error.URLError as error:
        return "" if isinstance(error.reason, ssl.SSLError) else f"no answer ({error.reason})"
    return ""


def _not_writable(path: Path, query: str) -> str:
    """Return why a SQLite file cannot be written; one that is not there yet can."""
    if query:  # options of SQLite's own, which may mean anything
        return ""
    if not path.exists():
        return "" if path.parent.is_dir() else f"no folder {path.parent}"
    with closing(sqlite3.connect(path, timeout=SECONDS, isolation_level=None)) as database:
        database.execute("PRAGMA schema_version")
        database.execute("BEGIN IMMEDIATE")
        database.execute("CREATE TABLE savedesk_may_write (it INTEGER)")
        database.execute("ROLLBACK")
    return ""
