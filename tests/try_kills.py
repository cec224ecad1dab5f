"""Kill `dvc repro` at random moments, then run `savedesk repro`: it must end well, with the bytes of an unhurt run.

    python -m tests.try_kills FOLDER [KILLS] [SEED]

FOLDER is a clone of the project with an environment; its params are made small. Each state of the params is built
without a kill first, and the hashes of its outputs are kept. Each trial changes one section of the params, starts
`dvc repro`, sends SIGINT, SIGTERM or SIGKILL to the whole group or to DVC alone, and runs `savedesk repro`.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from savedesk.params.load import overlay
from tests.project import change_params

SMALL = {
    "simulator": {"subscribers": 300},
    "cohort": {"minimum_history_months": 10, "folds": 2, "train_as_of_dates": 4, "test_as_of_dates": 1},
    "train": {"max_rounds": 30, "tuned_trials": 0, "tuning_cells": 5_000_000, "bags": 1},
    "evaluate": {"bootstrap_rounds": 20},
    "explain": {"max_candidates": 100},
}
# What a trial changes, and how often: the first stage that must run again follows from it. Every stage is killed, the
# last ones more often: a trial of them takes a sixth of the time, and the locks and outputs are handled alike.
CHANGES: dict[str, tuple[dict[str, Any], int]] = {
    "ingest": ({"simulator": {"seed": 8}}, 1),
    "train": ({"train": {"max_rounds": 40}}, 2),
    "explain": ({"explain": {"max_candidates": 120}}, 3),
    "evaluate": ({"evaluate": {"bootstrap_rounds": 30}}, 4),
    "report": ({"report": {"show_ids": True}}, 20),
}
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
NOT_THE_SAME = ("data/track", "data/locate")  # ids of runs and times


@dataclass(frozen=True)
class Trial:
    """One kill and what came of it."""

    changed: str  # section whose change is made or taken back
    signal: str
    group: bool
    after_seconds: float
    killed_code: int
    rwlock: str
    code: int
    same: bool
    lines: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether the next run ended well, with the right bytes."""
        return self.code == 0 and self.same


def main() -> None:
    """Run the trials, a line each, and end with 1 if one went wrong."""
    home = Path(sys.argv[1]).resolve()
    kills, seed = (int(word) for word in (*sys.argv[2:], "200", "1")[:2])
    draw = random.Random(seed)  # noqa: S311
    shipped = {name: (home / name).read_text(encoding="utf-8") for name in ("params.yaml", "params/simulated.yaml")}
    names = [name for name, (_, often) in CHANGES.items() for _ in range(often)]
    clean: dict[str, tuple[dict[str, str], float]] = {}
    for state in ("", *CHANGES):
        seconds = _run(home, shipped, state)
        clean[state] = (_digests(home), seconds)
        print(f"clean {state or 'base'}: {seconds:.0f} s, {len(clean[state][0])} files", flush=True)  # noqa: T201
    state, bad, number = list(CHANGES)[-1], 0, 0
    seconds = {name: clean[name][1] for name in CHANGES}  # of a run after this change, or after it is taken back
    while number < kills:
        changed = state or draw.choice(names)
        state = "" if state else changed
        trial = _trial(home, shipped, state, changed, clean[state][0], seconds[changed], draw)
        if trial.killed_code == 0:  # it had ended before the kill
            seconds[changed] = min(seconds[changed], trial.after_seconds)
        number += trial.killed_code != 0 or not trial.good
        bad += not trial.good
        print(number, "ok" if trial.good else "BAD", json.dumps(trial.__dict__), flush=True)  # noqa: T201
    print(f"{kills - bad} of {kills} next runs ended well with the same bytes")  # noqa: T201
    sys.exit(bad > 0)


def _trial(
    home: Path,
    shipped: Mapping[str, str],
    state: str,
    changed: str,
    expected: dict[str, str],
    seconds: float,
    draw: random.Random,
) -> Trial:
    _set(home, shipped, state)
    shutil.rmtree(home / ".dvc/cache/runs", ignore_errors=True)  # else DVC takes what it has instead of running
    after = draw.uniform(0, seconds)
    number, group = draw.choice(SIGNALS), draw.random() < 0.7
    running = subprocess.Popen(
        [sys.executable, "-m", "dvc", "repro"], cwd=home, process_group=0, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _sleep(running, after)
    if running.poll() is None:
        (os.killpg if group else os.kill)(running.pid, number)
        _sleep(running, 20)
        if running.poll() is None:  # DVC alone, which waits for its stage
            os.killpg(running.pid, signal.SIGKILL)
    code = running.wait()
    lock = home / ".dvc/tmp/rwlock"
    left = lock.read_text(errors="replace")[:40] if lock.is_file() else "absent"
    done = subprocess.run(
        [sys.executable, "-m", "savedesk", "repro"], cwd=home, capture_output=True, text=True, check=False
    )
    same = done.returncode == 0 and _digests(home) == expected
    said = [line for line in (done.stderr + done.stdout).splitlines() if "waiting" in line or "cut off" in line]
    lines = said if same else (done.stdout + done.stderr).splitlines()[-6:] + _differences(home, expected)
    return Trial(changed, number.name, group, round(after, 2), code, left, done.returncode, same, tuple(lines))


def _run(home: Path, shipped: Mapping[str, str], state: str) -> float:
    _set(home, shipped, state)
    shutil.rmtree(home / ".dvc/cache/runs", ignore_errors=True)
    started = time.monotonic()
    subprocess.run([sys.executable, "-m", "savedesk", "repro"], cwd=home, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - started


def _set(home: Path, shipped: Mapping[str, str], state: str) -> None:
    for name, text in shipped.items():
        (home / name).write_text(text, encoding="utf-8")
    change_params(home, **overlay(SMALL, CHANGES[state][0] if state else {}))


def _sleep(running: subprocess.Popen[bytes], seconds: float) -> None:
    try:
        running.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def _digests(home: Path) -> dict[str, str]:
    """Return the hash of each output of a stage, but for those that hold ids of runs and times."""
    lock = yaml.safe_load((home / "dvc.lock").read_text(encoding="utf-8"))
    places = [home / out["path"] for stage in lock["stages"].values() for out in stage.get("outs", [])]
    files = [file for place in places for file in ([place] if place.is_file() else sorted(place.rglob("*")))]
    names = {file.relative_to(home).as_posix(): file for file in files if file.is_file()}
    kept = {name: file for name, file in names.items() if not name.startswith(NOT_THE_SAME)}
    return {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in kept.items()}


def _differences(home: Path, want: dict[str, str]) -> list[str]:
    have = _digests(home)
    return [name for name in sorted(want.keys() | have.keys()) if want.get(name) != have.get(name)][:10]


if __name__ == "__main__":
    main()
