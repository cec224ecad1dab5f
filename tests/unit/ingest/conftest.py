"""A small operator's project folder, and the stage run on it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.desk import STRICT, Desk, Outcome, run_stage
from tests.project import ROOT


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.delenv("SAVEDESK_RAW", raising=False)
    return Desk(tmp_path)


@pytest.fixture(scope="session")
def desk_in() -> Callable[[Path], Desk]:
    """Make a desk in a folder of the test's choice."""
    return Desk


@pytest.fixture(scope="session")
def public_data() -> Path:
    """Where the public files lie; the test is skipped without them."""
    place = Path(os.environ.get("SAVEDESK_PUBLIC_DATA", ROOT.parent / "shared" / "data"))
    if not place.is_dir():
        pytest.skip(f"no public data in {place}; set SAVEDESK_PUBLIC_DATA to the folder that holds them")
    return place


@pytest.fixture(scope="session")
def run_source() -> Callable[[str, Path], Outcome]:
    """Run the stage on a shipped source with raw files from a folder; any quarantined row stops it."""

    def run(name: str, raw: Path) -> Outcome:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SAVEDESK_RAW", str(raw))
            return run_stage(ROOT, name, STRICT)

    return run
