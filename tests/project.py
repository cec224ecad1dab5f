"""A whole project in a folder of its own, for tests that run the pipeline as a user would."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from savedesk import STAGES
from savedesk.params.load import load_params, overlay
from savedesk.pipeline.runner import Summary, run_stage

ROOT = Path(__file__).parents[1]
PUBLIC_DATA = Path(os.environ.get("SAVEDESK_PUBLIC_DATA", ROOT.parent / "shared" / "data"))


class Silent:
    """A progress display that shows nothing."""

    def track(self, items: Iterable[Any], label: str, total: int) -> Iterator[Any]:  # noqa: ARG002
        return iter(items)


@cache
def shipped_simulator() -> dict[str, Any]:
    """Return the section ``simulator`` of the repository."""
    text = (ROOT / "data/sources/simulated/simulator.yaml").read_text(encoding="utf-8")
    values: dict[str, Any] = yaml.safe_load(text)
    return values


def change_params(home: Path, **changes: Any) -> None:
    """Change values of params.yaml, given as nested mappings; those of the simulator in the source's own file."""
    params = yaml.safe_load((home / "params.yaml").read_text(encoding="utf-8"))
    of_simulator = changes.pop("simulator", None)
    _write(home / "params.yaml", overlay(params, changes))
    if of_simulator is not None:
        own = home / "params" / "simulated.yaml"
        values = yaml.safe_load(own.read_text(encoding="utf-8"))
        _write(own, overlay(values, {"simulator": of_simulator}))


def _write(path: Path, values: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(values, allow_unicode=True, sort_keys=False), encoding="utf-8")


def make_project(home: Path, source: str, **changes: Any) -> Path:
    """Lay out a project of one source, with changes to params.yaml given as nested mappings."""
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / "params.yaml", home / "params.yaml")
    shutil.copytree(ROOT / "params", home / "params")
    change_params(home, source=source, **changes)
    shutil.copytree(ROOT / "data" / "sources", home / "data" / "sources")
    raw = home / "data" / "raw"
    raw.mkdir(parents=True)
    if source != "simulated":
        if not (PUBLIC_DATA / source).is_dir():
            pytest.skip(f"the public files of {source} are not in {PUBLIC_DATA} (set SAVEDESK_PUBLIC_DATA)")
        (raw / source).symlink_to(PUBLIC_DATA / source, target_is_directory=True)
    return home


def run_stages(home: Path, stages: Iterable[str] = tuple(STAGES)) -> dict[str, Summary]:
    """Run stages in order and return what each did."""
    return {stage: run_stage(stage, home, load_params(home), Silent()) for stage in stages}
