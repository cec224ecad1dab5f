"""What holds for every test."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(autouse=True)
def _own_import_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """MLflow puts a loaded model's code first on the path, where processes of a later test would find it."""
    monkeypatch.setattr(sys, "path", list(sys.path))
