"""The same input gives the same bytes, however the engine's threads are timed."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from tests.project import run_stages

from savedesk.contracts import features

RUNS = 5


def digest(folder: Path) -> str:
    made = hashlib.sha256()
    for path in sorted(folder.rglob("*.parquet")):
        made.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return made.hexdigest()


def test_five_runs_on_two_threads_give_the_same_features(simulated, tmp_path):
    home, _ = simulated
    assert "threads: 2" in (home / "params.yaml").read_text()
    expected = digest(home / features.TABLE.path)
    other = shutil.copytree(home, tmp_path / "again", symlinks=True)
    (other / "params.yaml").write_text((home / "params.yaml").read_text())
    for _ in range(RUNS - 1):
        shutil.rmtree(other / "data" / "features")
        run_stages(other, ["features"])
        assert digest(other / features.TABLE.path) == expected
