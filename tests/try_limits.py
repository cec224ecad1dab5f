"""Run commands where disk, inodes, file size, memory or the right to write run out: they must end well.

    python -m tests.try_limits FOLDER [SEED [TRIAL ...]]

Needs Linux and root (it mounts). FOLDER is a clone of the project with an environment; its params are made small, and
`savedesk repro` runs twice there without limits. Each trial copies it to a file system in memory, limits that, the
process or its cgroup, and runs one command. The seed draws how narrow each limit is; numbers behind it choose trials.

A trial is good if the exit code is a documented one and not 70, a failure is told in one line that names the cause, no
traceback is seen, and each output is as before or as in a run without limits.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

from savedesk.params.load import overlay
from tests.project import change_params
from tests.try_kills import SMALL

DISK, INODES, TEMPORARY, READ_ONLY = "disk full", "no inodes", "TMPDIR full", "read-only"
SIZE, MEMORY, CGROUP = "file size", "address space", "cgroup"
TRIALS = (
    *((DISK, command) for command in ("ingest", "features", "score", "explain")),
    *((DISK, command) for command in ("report", "track", "repro", "outcomes")),
    *((SIZE, command) for command in ("ingest", "train", "report", "track", "repro", "score --as-of", "promote")),
    *((SIZE, command) for command in ("features", "repro")),
    *((MEMORY, command) for command in ("ingest", "train", "score", "prioritise", "compare", "list show")),
    *((MEMORY, command) for command in ("track", "report", "repro", "repro")),
    *((CGROUP, command) for command in ("train", "repro", "report")),
    *((READ_ONLY, command) for command in ("ingest", "repro", "outcomes", "promote", "list show")),
    *((INODES, command) for command in ("features", "repro", "score --as-of")),
    *((TEMPORARY, command) for command in ("repro", "score --model")),
)  # fmt: skip
WORDS = {
    "score --as-of": ("score", "--as-of", "newest", "--list"),
    "score --model": ("score", "--as-of", "newest", "--model", "challenger"),
    "outcomes": ("outcomes", "import", "outcomes.csv"),
    "compare": ("compare", "previous", "last"),
    "promote": ("promote", "--force", "--why", "a trial"),
}
CODES = frozenset({0, 2, 3, 4, 5, 6, 7, 8, 130, 143})
CAUSE = re.compile(r"no room left|inodes|more memory|want of memory|read-only|larger than this process|no more threads")
MOVED = "where this project or its original was"  # a note: the project of a trial is a copy
ROOM = 1 << 30  # bytes, where nothing is limited
NOT_THE_SAME = ("data/track", "data/locate", "data/unsent", "data/.lock", "data/.kept/timed")  # ids of runs and times
GUARDED = ("data", "models", "reports", "metrics", "comparisons")
CGROUPS = Path("/sys/fs/cgroup/memory")


@dataclass(frozen=True)
class Trial:
    """One limit, one command, and what came of it."""

    kind: str
    command: str
    limit: int
    code: int
    lines: tuple[str, ...]
    traceback: bool
    neither_old_nor_new: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether the command ended as documented."""
        own = [line for line in self.lines if line.startswith("savedesk: ")]
        one_line = len(self.lines) == 1 or self.command == "repro"  # there DVC tells, too
        named = self.code == 0 or (one_line and bool(own) and all(CAUSE.search(line) for line in own))
        return self.code in CODES and named and not self.traceback and not self.neither_old_nor_new


def main() -> None:
    """Run the trials, a line each, and end with 1 if one went wrong."""
    home = Path(sys.argv[1]).resolve()
    draw = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)  # noqa: S311
    only = set(sys.argv[3:])
    _finish_twice(home)
    new: dict[str, dict[str, str]] = {}
    good = bitten = tried = 0
    for number, (kind, command) in enumerate(TRIALS, start=1):
        limit = _limit(kind, draw)
        if only and str(number) not in only:
            continue
        if command not in new:
            new[command] = _without_limits(home, command)
        trial = _trial(home, kind, command, limit, new[command])
        good, bitten, tried = good + trial.good, bitten + (trial.code != 0), tried + 1
        _say(f"{number} {'ok' if trial.good else 'BAD'} {json.dumps(asdict(trial))}")
    _say(f"{good} of {tried} good; the limit was met in {bitten}")
    sys.exit(good < tried)


def _finish_twice(home: Path) -> None:
    """Make the params small, and have two runs to compare."""
    for rounds in (30, 25):
        change_params(home, **overlay(SMALL, {"train": {"max_rounds": rounds}}))
        if not (home / f"finished-{rounds}").exists():
            subprocess.run([sys.executable, "-m", "savedesk", "repro"], cwd=home, check=True, stdout=subprocess.DEVNULL)
            (home / f"finished-{rounds}").touch()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _limit(kind: str, draw: random.Random) -> int:
    """Return how narrow it is: free bytes or inodes, the largest file, or the most memory."""
    low, high = {
        DISK: (4_096, 150_000), INODES: (0, 6), TEMPORARY: (8_192, 40_000), READ_ONLY: (0, 0), SIZE: (1_000, 60_000),
        MEMORY: (150 << 20, 1500 << 20), CGROUP: (60 << 20, 150 << 20),
    }[kind]  # fmt: skip
    return draw.randint(low, high)


def _without_limits(home: Path, command: str) -> dict[str, str]:
    with _project(home, command) as root:
        done = _run(root, command, {}, lambda: None)
        if done.returncode:
            _say(f"without limits `{command}` ends in {done.returncode}: {done.stderr[-500:]}")
        return _digests(root)


def _trial(home: Path, kind: str, command: str, limit: int, new: dict[str, str]) -> Trial:
    with _project(home, command) as root, tempfile.TemporaryDirectory() as temporary:
        old = _digests(root)
        environment = {"TMPDIR": temporary}
        with _limited(kind, limit, root, Path(temporary)) as in_the_process:
            done = _run(root, command, environment, in_the_process)
        now = _digests(root)
    lines = tuple(line for line in done.stderr.splitlines() if line.strip() and MOVED not in line)
    traceback = "Traceback (most recent" in done.stderr + done.stdout
    return Trial(kind, command, limit, done.returncode, lines, traceback, tuple(_odd(old, new, now)))


def _run(
    root: Path, command: str, environment: dict[str, str], limit: Callable[[], None]
) -> subprocess.CompletedProcess[str]:
    words = WORDS.get(command, tuple(command.split()))
    if command == "list show":
        words = (*words, _rows(root / "data/prioritise/list.csv")[0]["subscriber_id"])
    return subprocess.run(
        [sys.executable, "-m", "savedesk", *words], cwd=root, env=os.environ | environment, preexec_fn=limit,
        capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip


@contextmanager
def _project(home: Path, command: str) -> Iterator[Path]:
    """Copy the project to a file system in memory, with the change that gives the command work."""
    place = Path(tempfile.mkdtemp(prefix="savedesk-limits-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(place)], check=True)
    root = place / "project"
    try:
        shutil.copytree(home, root, symlinks=True, ignore=shutil.ignore_patterns(".venv", ".git"))
        (root / ".dvc/config.local").write_text("[core]\n    no_scm = true\n")
        if command == "repro":
            shutil.rmtree(root / ".dvc/cache/runs", ignore_errors=True)
            params = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))
            params["train"]["max_rounds"] += 10
            (root / "params.yaml").write_text(yaml.safe_dump(params, allow_unicode=True, sort_keys=False))
        if command == "outcomes":
            _fill_in(root)
        yield root
    finally:
        subprocess.run(["mount", "-o", f"remount,rw,size={ROOM}", str(place)], check=False)
        subprocess.run(["umount", "-l", str(place)], check=True)
        place.rmdir()


def _fill_in(root: Path) -> None:
    rows = _rows(root / "data/prioritise/list.csv")[:5]
    lines = [f"{row['subscriber_id']},{row['receipt'][:8]}03,accepted" for row in rows]
    (root / "outcomes.csv").write_text("\n".join(["subscriber_id,contacted_on,outcome", *lines, ""]), encoding="utf-8")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


@contextmanager
def _limited(kind: str, limit: int, root: Path, temporary: Path) -> Iterator[Callable[[], None]]:
    """Limit the file systems, and yield what limits the process that is started."""
    if kind in (DISK, INODES, READ_ONLY):
        free = os.statvfs(root)
        used = (free.f_blocks - free.f_bfree) * free.f_frsize
        option = {
            DISK: f"size={(used + limit) // 4096 * 4096 + 4096}",
            INODES: f"nr_inodes={free.f_files - free.f_ffree + limit}",
            READ_ONLY: "ro",
        }[kind]
        subprocess.run(["mount", "-o", f"remount,{option}", str(root.parent)], check=True)
        yield lambda: None
    elif kind == TEMPORARY:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={limit // 4096 * 4096}", "tmpfs", temporary], check=True)
        try:
            yield lambda: None
        finally:
            subprocess.run(["umount", "-l", temporary], check=True)
    elif kind == CGROUP:
        group = CGROUPS / f"savedesk-{os.getpid()}"
        group.mkdir()
        try:
            (group / "memory.limit_in_bytes").write_text(str(limit))
            yield lambda: (group / "cgroup.procs").write_text(str(os.getpid())) and None
        finally:
            group.rmdir()
    else:
        which = resource.RLIMIT_AS if kind == MEMORY else resource.RLIMIT_FSIZE
        yield lambda: resource.setrlimit(which, (limit, limit))


def _digests(root: Path) -> dict[str, str]:
    """Return the hash of each output, but for those that hold ids of runs and times."""
    files = [file for name in GUARDED for file in sorted((root / name).rglob("*"))]
    names = {file.relative_to(root).as_posix(): file for file in files if file.is_file() and not file.is_symlink()}
    kept = {name: file for name, file in names.items() if not name.startswith(NOT_THE_SAME) and file.name != "run.json"}
    return {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in kept.items()}


def _odd(old: dict[str, str], new: dict[str, str], now: dict[str, str]) -> list[str]:
    """Return the files that are neither as they were nor as a run without limits writes them."""
    return [
        name
        for name in sorted(old.keys() | now.keys())
        if now.get(name) not in {old.get(name), new.get(name)} and not (name not in new and name not in old)
    ][:10]


if __name__ == "__main__":
    main()
