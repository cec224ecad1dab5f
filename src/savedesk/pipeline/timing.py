"""How long each stage took when it last ran on this machine. No output: times differ, outputs must not."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

FOLDER = "data/.kept/timed"
MB = 1024 if sys.platform != "darwin" else 1024**2  # of the unit in which the system counts


def keep_time(root: Path, stage: str, seconds: float) -> None:
    """Write down seconds of the stage that this process ran, and the most memory that the process has held.

    Args:
        root: project folder.
        stage: its name.
        seconds: from its start to its outputs.
    """
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB
    (folder / f"{stage}.json").write_text(json.dumps({"seconds": round(seconds, 2), "peak_mb": round(peak, 1)}))


def kept_times(root: Path) -> dict[str, dict[str, float]]:
    """Return ``seconds`` and ``peak_mb`` by stage, of those that ran on this machine."""
    times: dict[str, dict[str, float]] = {}
    for path in sorted((root / FOLDER).glob("*.json")):
        times[path.stem] = json.loads(path.read_text())
    return times
