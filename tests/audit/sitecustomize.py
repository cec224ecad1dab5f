"""What a process opens, reaches and starts, written down from its first line on: Python loads this file by its name.

Each line of ``SAVEDESK_AUDIT``/<process> is one event as JSON: its name, what it is about, and which modules led to it,
the nearest first. Python raises the events (https://docs.python.org/3/library/audit_events.html), native code none.
"""

import json
import os
import sys

FOLDER = os.environ.get("SAVEDESK_AUDIT", "")
PATHS = (  # of events about a file or a folder
    *("open", "os.listdir", "os.scandir", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink"),
    *("os.chmod", "os.truncate", "os.utime", "tempfile.mkdtemp", "tempfile.mkstemp", "glob.glob", "sqlite3.connect"),
    *("shutil.copyfile", "shutil.copytree", "shutil.move", "shutil.rmtree", "shutil.unpack_archive"),
    "shutil.make_archive",
)
OTHERS = (
    *("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"),
    *("socket.gethostbyaddr", "urllib.Request", "http.client.connect", "ftplib.connect", "smtplib.connect"),
    *("pickle.find_class", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"),
)
MOST = 40  # modules of an asker


def _asker():
    frame, names = sys._getframe(2), []
    while frame is not None and len(names) < MOST:
        name = frame.f_globals.get("__name__", "?")
        if name not in names[-1:]:
            names.append(name)
        frame = frame.f_back
    return names


def _shown(value):
    if isinstance(value, list | tuple):
        return [_shown(item) for item in value]
    if isinstance(value, bytes | os.PathLike):
        return os.fsdecode(value)
    return value if isinstance(value, int | float | str | None) else repr(value)[:200]


def _watch(folder):
    handle = os.open(f"{folder}/{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    seen, busy = set(), []

    def hook(event, arguments):
        if busy or not (event in PATHS or event in OTHERS):
            return
        busy.append(event)
        try:
            about = [_shown(argument) for argument in arguments[: 1 if event in PATHS else 2]]
            if event in PATHS and isinstance(about[0], str):
                about = [os.path.abspath(about[0])]  # noqa: PTH100 - links stay what they are
            key = json.dumps([event, about])
            if key not in seen:
                seen.add(key)
                os.write(handle, (json.dumps([event, about, _asker()]) + "\n").encode())
        finally:
            busy.clear()

    sys.addaudithook(hook)


if FOLDER:
    _watch(FOLDER)
