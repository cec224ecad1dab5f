"""Fits of trials that a later run may use again: a run that is killed, or repeated, does not begin anew."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from savedesk.stages.train.booster import Table, fit_watched

Vector = npt.NDArray[np.float64]
CODE = ("booster.py", "journal.py")  # what turns rows and settings into a booster


class Journal:
    """One file for each fitted booster, named by the digest of all that it follows from.

    That is: the rows to learn from and to judge, to the byte; LightGBM's settings and version; the code that fits. The
    number of threads counts for linear leaves alone, whose last digits depend on it. A booster is always read back from
    its text, also when it has just been fitted, so that a run that reuses it goes on from the same bytes.

    Args:
        folder: where the files lie; each appears whole or not at all, and any may be removed at any time.
    """

    def __init__(self, folder: Path) -> None:
        """Look at no file yet."""
        self._folder = folder
        code = [(Path(__file__).parent / name).read_bytes() for name in CODE]
        self._code = hashlib.blake2b(b"\x00".join([lgb.__version__.encode(), *code])).digest()
        self._reused: set[str] = set()
        self._fitted: set[str] = set()

    @property
    def notes(self) -> list[str]:
        """Return a line that says what was reused, where anything was."""
        every = len(self._reused | self._fitted)
        kept = len(self._reused - self._fitted)
        return [f"{kept:,} of {every:,} fits of trials were kept from an earlier run"] if kept else []

    def digest(self, *tables: Table) -> bytes:
        """Return the digest of rows: computed once for all recipes of a fold."""
        digest = hashlib.blake2b(self._code)
        for table in tables:
            for part in (table.matrix, table.target, table.weight, table.start):
                values = np.empty(0) if part is None else np.ascontiguousarray(part)
                digest.update(f"{values.dtype} {values.shape}".encode())
                digest.update(values.data)
            digest.update(json.dumps(table.schema.categorical).encode())
        return digest.digest()

    def fit_watched(
        self, rows: bytes, own: dict[str, Any], learn: Table, watch: Table, most: int, patience: int
    ) -> tuple[lgb.Booster, Vector]:
        """Return what ``booster.fit_watched`` does, fitted now or kept.

        Args:
            rows: what tells ``learn`` and ``watch`` from others.
            own: LightGBM's parameters.
            learn: rows to learn from.
            watch: rows whose log loss is watched.
            most: trees at most.
            patience: trees without a better log loss.
        """
        said = own | {"num_threads": own["num_threads"] if own["linear_tree"] else 1}
        settings = json.dumps([said, most, patience], sort_keys=True).encode()
        name = hashlib.blake2b(rows + settings, digest_size=16).hexdigest()
        kept = self._read(name)
        if kept is not None:
            self._reused.add(name)
            return kept
        booster, losses = fit_watched(own, learn, watch, most, patience)
        text = booster.model_to_string(num_iteration=-1)  # all: the folds stop at one number
        self._write(name, text, losses)
        self._fitted.add(name)
        return lgb.Booster(model_str=text), losses

    def tidy(self) -> None:
        """Remove what this run had no use for."""
        used = {f"{name}.json" for name in self._reused | self._fitted}
        for path in self._files():
            if path.name not in used:
                path.unlink(missing_ok=True)

    def _files(self) -> Iterable[Path]:
        return self._folder.iterdir() if self._folder.is_dir() else ()

    def _read(self, name: str) -> tuple[lgb.Booster, Vector] | None:
        """Return a kept fit; None where there is none, or its file is damaged."""
        try:
            kept = json.loads((self._folder / f"{name}.json").read_text(encoding="utf-8"))
            if hashlib.sha256(kept["booster"].encode()).hexdigest() != kept["sha256"]:
                return None
            return lgb.Booster(model_str=kept["booster"]), np.asarray(kept["losses"], dtype=np.float64)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write(self, name: str, text: str, losses: Vector) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        scratch = self._folder / f".{name}"
        kept = {"booster": text, "losses": losses.tolist(), "sha256": hashlib.sha256(text.encode()).hexdigest()}
        scratch.write_text(json.dumps(kept), encoding="utf-8")
        scratch.replace(self._folder / f"{name}.json")
