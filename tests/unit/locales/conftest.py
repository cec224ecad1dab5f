"""A copy of the shipped texts that a test may break."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from savedesk.locales import catalogue


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let the catalogue read from a copy; what it has read before and reads now is forgotten."""
    shipped = catalogue.FOLDER
    for language in catalogue.languages():
        shutil.copytree(shipped / language, tmp_path / language)
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    forget()
    yield tmp_path
    forget()


def forget() -> None:
    for remembered in (catalogue.languages, catalogue._catalogue, catalogue._translated):
        remembered.cache_clear()
