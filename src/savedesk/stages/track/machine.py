"""What the run ran on, and how long it took there."""

from __future__ import annotations

import os
import platform
from collections.abc import Collection
from importlib.metadata import version
from pathlib import Path

from savedesk.pipeline.timing import kept_times

PROGRAMS = ("lightgbm", "duckdb", "mlflow")
GB = 1024**3


def machine_tags() -> dict[str, str]:
    """Return cores that this process may use, memory, system, Python and the programs that figures depend on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GB
    return {
        "machine.cores": str(_cores()),
        "machine.memory_gb": f"{memory:.1f}",
        "machine.platform": platform.platform(),
        "machine.python": platform.python_version(),
        **{f"machine.{name}": version(name) for name in PROGRAMS},
    }


def stage_times(root: Path, stages: Collection[str]) -> dict[str, float]:
    """Return seconds and peak memory of each stage when it last ran here, as MLflow's page of system metrics has them.

    Args:
        root: project folder.
        stages: which ones.
    """
    times = {stage: figures for stage, figures in kept_times(root).items() if stage in stages}
    return {f"system/{name}.{stage}": value for stage, figures in times.items() for name, value in figures.items()}


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
