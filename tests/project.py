"""A whole project in a folder of its own, for tests that run the pipeline as a user would."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
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


def make_project(home: Path, source: str, **changes: Any) -> Path:
    """Lay out a project of one source, with changes to params.yaml given as nested mappings."""
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    home.mkdir(parents=True, exist_ok=True)
    params = overlay(params, {"source": source, **changes})
    (home / "params.yaml").write_text(yaml.safe_dump(params, allow_unicode=True, sort_keys=False), encoding="utf-8")
    shutil.copytree(ROOT / "params", home / "params")
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
