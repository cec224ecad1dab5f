"""Run a part of Savedesk in a process that is watched, with an empty home.

``python -m tests.audit.watched PROJECT RESULT`` runs all stages in a project and writes their summaries.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from savedesk.pipeline.privacy import protect
from savedesk.pipeline.runner import Summary, Written
from tests.project import ROOT, run_stages

HERE = Path(__file__).parent
INHERITED = ("PATH", "LANG", "LC_ALL", "OMP_NUM_THREADS")


@dataclass(frozen=True)
class Event:
    """Something that a process did.

    Args:
        name: of Python's audit event.
        about: path, address or class.
        asker: modules that led to it, the nearest first.
    """

    name: str
    about: tuple[Any, ...]
    asker: tuple[str, ...]


@dataclass(frozen=True)
class Watch:
    """A folder for what watched processes may use besides the project, and for what they are seen to do."""

    folder: Path

    def __post_init__(self) -> None:
        for part in (self.home, self.temporary, self.log):
            part.mkdir(parents=True, exist_ok=True)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def result(self) -> Path:
        return self.folder / "summaries.json"

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        path = os.pathsep.join(map(str, (HERE, ROOT / "src", ROOT)))
        own = {"HOME": str(self.home), "TMPDIR": str(self.temporary), "SAVEDESK_AUDIT": str(self.log)}
        return inherited | own | {"PYTHONPATH": path}

    def run(self, project: Path, *words: str, before: tuple[str, ...] = (), **more: str) -> None:
        """Run Python with these words in a project; ``before`` is a program that runs it."""
        command = [*before, sys.executable, *words]
        done = subprocess.run(
            command, cwd=project, env=self.environment | more, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]

    def events(self) -> Iterator[Event]:
        for path in sorted(self.log.iterdir()):
            for line in path.read_text(encoding="utf-8").splitlines():
                name, about, asker = json.loads(line)
                yield Event(name, tuple(about), tuple(asker))


def watched_stages(project: Path, watch: Watch) -> dict[str, Summary]:
    """Run all stages in a project and return what each did."""
    watch.run(project, "-m", "tests.audit.watched", str(project), str(watch.result))
    summaries = json.loads(watch.result.read_text(encoding="utf-8"))
    return {stage: _summary(**fields) for stage, fields in summaries.items()}


def _summary(written: list[dict[str, Any]], **fields: Any) -> Summary:
    texts = {name: tuple(fields.pop(name)) for name in ("warnings", "notes", "closing")}
    return Summary(written=tuple(Written(**part) for part in written), **fields, **texts)


if __name__ == "__main__":
    protect(Path(sys.argv[1]))
    summaries = {stage: asdict(summary) for stage, summary in run_stages(Path(sys.argv[1])).items()}
    Path(sys.argv[2]).write_text(json.dumps(summaries), encoding="utf-8")
