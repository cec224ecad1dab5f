"""What Savedesk opens, reaches and starts while all stages run: the project, its environment, and little else.

Python tells of what it does itself, in each process that it starts (``tests/audit``). DuckDB, Arrow, LightGBM and Vega
are native code, which Python hears nothing of: two stages run under strace, where that is installed.
"""

from __future__ import annotations

import os
import re
import shutil
import site
import sys
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml
from tests.audit.watched import Event, Watch
from tests.desk import Desk
from tests.project import ROOT, make_project

from savedesk import STAGES

pytestmark = pytest.mark.xdist_group("simulated")  # what they share is made once

ENVIRONMENT = {
    *sys.path,
    sys.prefix,
    sys.base_prefix,
    *site.getsitepackages(),
    *map(str, (ROOT / "src", ROOT / "tests")),
}
ENVIRONMENT |= {os.path.realpath(path) for path in ENVIRONMENT if path}
ENVIRONMENT -= {"", str(ROOT)}  # the tests' own folder has data and params, which are no part of a project elsewhere
MACHINE = {  # what is opened of the machine -> why
    "/proc": "psutil asks who is at work; threadpoolctl, which libraries are loaded; DuckDB, how much memory there is",
    "/sys": "DuckDB and Arrow ask how many processors and how much memory there is",
    "/dev/null": "HiGHS prints to it",
    "/dev/urandom": "random names of temporary folders",
    "/dev/shm": "semaphores of Python between processes",  # noqa: S108 - a name alone
    "/usr/share/zoneinfo": "time zones",
    "/etc/localtime": "the machine's own time zone",
    "/etc/mime.types": "openpyxl loads Python's table of types of files",
}
LIBRARIES = {  # what is opened to load native code (OpenSSL reads its settings), and to name the user who holds a lock
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/etc/ld.so.preload"),
    *(
        "/etc/nsswitch.conf",
        "/etc/passwd",
        "/usr/share/locale",
        "/usr/lib/locale",
        "/etc/locale.alias",
        "/etc/ssl/openssl.cnf",
    ),
}
PROGRAMS = {"git": "commit of the run", "uname": "the machine of the run"}
TRANSPORT = ("multiprocessing.", "concurrent.futures.process")
NETWORK = ("socket.", "urllib.", "http.", "ftplib.", "smtplib.")


def inside(path: str, folders: Iterable[str | Path]) -> bool:
    given = {os.path.normpath(path), os.path.realpath(path)}
    return any(
        form == str(folder) or form.startswith(f"{folder}/") for form in given for folder in folders if str(folder)
    )


def opened_elsewhere(events: Iterable[Event], watch: Watch, *projects: Path) -> list[Event]:
    """Return the events about a path that is neither of the projects nor of the environment, the machine or temp."""
    known = {
        *projects,
        *ENVIRONMENT,
        *MACHINE,
        watch.temporary,
        watch.log,
        watch.result,
    }
    paths = [
        event for event in events if event.about and isinstance(event.about[0], str) and event.about[0].startswith("/")
    ]
    # modules are sought in ROOT
    paths = [event for event in paths if (event.name, event.about[0]) != ("os.listdir", str(ROOT))]
    return [event for event in paths if not event.name.startswith("subprocess") and not inside(event.about[0], known)]


def started(events: Iterable[Event]) -> set[str]:
    return {Path(str(event.about[0])).name for event in events if event.name == "subprocess.Popen"} - {
        Path(sys.executable).name
    }


def reached(events: Iterable[Event]) -> list[Event]:
    """Return the events of the network; urllib3 asks whether there is IPv6 by a socket of its own that nobody knows."""
    of_network = [event for event in events if event.name.startswith(NETWORK)]
    return [event for event in of_network if not (event.name == "socket.bind" and event.about[1] == ["::1", 0])]


def test_all_stages_stay_within_the_project_and_its_environment(watched):
    home, summaries, watch = watched
    events = list(watch.events())
    assert list(summaries) == list(STAGES)
    assert len(events) > 1000
    assert not opened_elsewhere(events, watch, home)
    assert started(events) <= set(PROGRAMS)
    assert not reached(events)
    assert not [event for event in events if event.name in ("os.system", "os.exec", "os.posix_spawn")]


def test_nothing_is_unpickled(watched):
    assert not [event for event in watched[2].events() if event.name == "pickle.find_class"]


def test_home_and_temporary_folder_are_left_empty(watched):
    _, _, watch = watched
    assert not list(watch.home.iterdir())
    assert not list(watch.temporary.iterdir())


class Refusing(BaseHTTPRequestHandler):
    """A store that refuses whatever it is asked."""

    def do_GET(self):
        self.send_error(400)

    do_POST = do_GET  # noqa: N815 - the name that the library calls

    def log_message(self, *_):
        pass


def test_track_reaches_the_configured_store_and_no_other(watched, watch, tmp_path):
    home = shutil.copytree(watched[0], tmp_path / "home", symlinks=True)
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        watch.run(home, "-m", "savedesk", "track", MLFLOW_TRACKING_URI=f"http://127.0.0.1:{port}")
        server.shutdown()
    events = reached(watch.events())
    connected = [event.about[1] for event in events if event.name == "socket.connect"]
    assert connected
    assert all(address == ["127.0.0.1", port] for address in connected)
    named = [
        event.about for event in events if event.name in ("socket.getaddrinfo", "http.client.connect", "urllib.Request")
    ]
    assert all("127.0.0.1" in str(about) for about in named)
    assert {event.name for event in events} <= {
        "socket.connect",
        "socket.getaddrinfo",
        "http.client.connect",
        "urllib.Request",
    }


@pytest.fixture
def watch(tmp_path):
    return Watch(tmp_path / "watch")


def test_workers_are_sent_their_part_and_nothing_else_is_unpickled(watch, tmp_path):
    """Two parts of a simulated operator in two processes: the way in and the way back are Python's own."""
    small = {"subscribers": 120, "chunk_subscribers": 60, "months": 13}
    home = make_project(
        tmp_path / "home", "simulated", simulator=small, engine={"threads": 2}, ingest={"max_quarantined_share": 1}
    )
    watch.run(home, "-m", "savedesk", "ingest")
    events = list(watch.events())
    unpickled = [event for event in events if event.name == "pickle.find_class"]
    assert unpickled
    assert not [event for event in unpickled if not event.asker[0].startswith(TRANSPORT)]
    assert {event.about[0].partition(".")[0] for event in unpickled} <= {
        "savedesk",
        "pathlib",
        "datetime",
        "builtins",
        "concurrent",
        "multiprocessing",
    }
    assert not opened_elsewhere(events, watch, home)
    assert not list(watch.home.iterdir())


def own_source(root: Path, raw: Path) -> Path:
    """Lay out a project with a source of csv files, which lie in a folder elsewhere."""
    home = make_project(root, "simulated")
    desk = Desk(home)
    desk.sql("subscribers", "SELECT id AS subscriber_id FROM people")
    shutil.move(home / "data/raw/mine", raw)
    (desk.folder / "source.yaml").write_text(yaml.safe_dump(desk.source), encoding="utf-8")
    params = home / "params.yaml"
    params.write_text(
        params.read_text(encoding="utf-8").replace("source: simulated", "source: mine", 1), encoding="utf-8"
    )
    return home


def test_ingest_of_own_files_opens_the_raw_folder_and_no_other(watch, tmp_path):
    raw = tmp_path / "elsewhere"
    home = own_source(tmp_path / "home", raw)
    watch.run(home, "-m", "savedesk", "ingest", SAVEDESK_RAW=str(raw))
    events = list(watch.events())
    assert [event for event in events if str(event.about[0]).startswith(str(raw))]
    assert not opened_elsewhere(events, watch, home, raw)
    assert not reached(events)
    assert not [event for event in events if event.name == "pickle.find_class"]


CALL = re.compile(r'(openat|open|connect)\((?:AT_FDCWD, )?(?:"((?:[^"\\]|\\.)*)"|\d+, \{(.*?)\})[^)]*\).* = (-?\d+)')


def traced(log: Path) -> tuple[set[str], set[str]]:
    """Return the absolute paths that were opened, and the addresses that were connected to."""
    calls = [match.groups() for line in log.read_text(errors="replace").splitlines() if (match := CALL.search(line))]
    opened = {path for _, path, _, code in calls if path and path.startswith("/") and int(code) >= 0}
    return opened, {address for call, _, address, _ in calls if call == "connect" and address}


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("stage", ["ingest", "value"])
def test_native_code_opens_and_reaches_no_more(stage, watched, watch, tmp_path):
    raw = tmp_path / "elsewhere"
    if stage == "ingest":
        home = own_source(tmp_path / "home", raw)
    else:
        home, raw = shutil.copytree(watched[0], tmp_path / "home", symlinks=True), tmp_path / "none"
        raw.mkdir()
    log = tmp_path / "calls"
    program = ("strace", "-f", "-qq", "-s", "4096", "-e", "trace=open,openat,connect", "-o", str(log))
    more = {"SAVEDESK_RAW": str(raw)} if stage == "ingest" else {}
    watch.run(home, "-m", "savedesk", stage, before=program, **more)
    opened, addresses = traced(log)
    known = {home, raw, *ENVIRONMENT, *MACHINE, *LIBRARIES, watch.temporary, watch.log}
    assert [path for path in opened if inside(path, [home])]
    assert not [path for path in sorted(opened - {str(ROOT)}) if not inside(path, known)]
    assert not [address for address in addresses if "AF_UNIX" not in address]
    assert not list(watch.home.iterdir())
