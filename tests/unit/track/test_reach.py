"""Whether a tracking store can take a run is known in seconds, before MLflow tries for minutes."""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from savedesk.errors import MissingInputError, ResourceError
from savedesk.stages.track import lookup, reach
from savedesk.stages.track.reach import out_of_reach


@pytest.fixture
def free_port():
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture
def server():
    """Return the address of a server that asks for a password."""

    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(401)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Refusing) as http_server:
        threading.Thread(target=http_server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http_server.server_port}"
        http_server.shutdown()


@pytest.mark.parametrize("scheme", ["http", "postgresql", "mysql+pymysql"])
def test_where_nobody_listens_there_is_no_store(scheme, free_port):
    assert "refused" in out_of_reach(f"{scheme}://127.0.0.1:{free_port}/runs")


def test_a_server_that_never_answers_is_given_up(monkeypatch):
    monkeypatch.setattr(reach, "SECONDS", 0.2)
    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        started = time.monotonic()
        assert "timed out" in out_of_reach(f"http://127.0.0.1:{silent.getsockname()[1]}")
    assert time.monotonic() - started < 5


def test_a_server_that_asks_for_a_password_is_there(server):
    assert out_of_reach(server) == ""


def test_a_new_file_can_be_made_where_its_folder_is(tmp_path):
    assert out_of_reach(f"sqlite:///{tmp_path / 'mlflow.db'}") == ""
    assert out_of_reach(f"sqlite:///{tmp_path / 'away' / 'mlflow.db'}") == f"no folder {tmp_path / 'away'}"


def test_a_file_that_is_no_database_takes_no_run(tmp_path):
    (tmp_path / "mlflow.db").write_text("what a full disk left behind " * 100)
    assert out_of_reach(f"sqlite:///{tmp_path / 'mlflow.db'}") == "file is not a database"
    assert out_of_reach(f"sqlite:///{tmp_path}") == "unable to open database file"


def test_a_database_that_another_program_holds_takes_no_run(tmp_path, monkeypatch):
    monkeypatch.setattr(reach, "SECONDS", 0.1)
    path = tmp_path / "mlflow.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("CREATE TABLE runs (id)")
        assert out_of_reach(f"sqlite:///{path}") == ""
        holder.execute("BEGIN EXCLUSIVE")
        assert out_of_reach(f"sqlite:///{path}") == "database is locked"


def test_asking_leaves_no_trace(tmp_path):
    path = tmp_path / "mlflow.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE runs (id)")
        before = path.read_bytes()
        assert out_of_reach(f"sqlite:///{path}") == ""
    assert path.read_bytes() == before


@pytest.mark.parametrize("uri", ["databricks", "databricks://profile", "mlruns", "file:///runs"])
def test_of_other_addresses_only_mlflow_can_tell(uri):
    assert out_of_reach(uri) == ""


def test_a_store_on_a_read_only_file_system_is_no_wrong_address(tmp_path, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "mlflow.db").touch()
    monkeypatch.setattr(lookup, "out_of_reach", lambda _: "attempt to write a readonly database")
    with pytest.raises(MissingInputError, match="check MLFLOW_TRACKING_URI"):  # the file's own rights
        lookup.registered(tmp_path, "simulated")
    of = os.statvfs_result((4096, 4096, 1, 1, 1, 1, 1, 1, os.ST_RDONLY, 255))
    monkeypatch.setattr(os, "statvfs", lambda _: of)
    with pytest.raises(ResourceError, match="the file system is read-only"):
        lookup.registered(tmp_path, "simulated")
