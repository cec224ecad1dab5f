"""The run that a user means: an id, a prefix of one, a name, a version, or a word such as ``champion``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from savedesk.errors import MissingInputError, ParamsError
from savedesk.promote.ledger import current
from savedesk.runs.kept import FOLDER, KeptRun, kept_runs

if TYPE_CHECKING:
    from savedesk.track.lookup import TrackedRun

LAST, PREVIOUS, CHAMPION, CHALLENGER = WORDS = ("last", "previous", "champion", "challenger")
SHORT = 8  # characters of an id that tell two runs apart
NAMED = 5  # runs that a message names


@dataclass(frozen=True)
class Named:
    """A run that was named.

    Args:
        run_id: id in MLflow.
        name: ``<as_of> <git commit>``.
        version: of the registered model; empty: unknown.
        source: whose run it is.
        kept: its evidence on this machine; None: there is none.
    """

    run_id: str
    name: str
    version: str
    source: str
    kept: KeptRun | None

    @property
    def label(self) -> str:
        """Short text that no other run has."""
        version = f" v{self.version}" if self.version else ""
        return f"{self.name or 'run'} [{self.run_id[:SHORT]}]{version}"


def find_run(root: Path, source: str, word: str, where: str) -> Named:
    """Return the run that a word means; MLflow is asked only for what this machine does not know.

    Args:
        root: project folder.
        source: whose runs are meant.
        word: id, unique prefix, name, version number, ``champion``, ``challenger``, ``last`` or ``previous``.
        where: the command, for messages.

    Raises:
        ParamsError: no such run, or several.
        MissingInputError: MLflow would have to be asked, and cannot be.
    """
    kept = kept_runs(root, source)
    if word in (LAST, PREVIOUS):
        return _by_age(root, source, kept, (LAST, PREVIOUS).index(word), where)
    if word == CHAMPION and (entry := current(root, source)):
        return _whole(root, source, str(entry["run_id"]), str(entry["run_name"]), str(entry["version"]))
    if word in (CHAMPION, CHALLENGER) or word.isdigit():
        return _registered(root, source, kept, word, where)
    fits = [run for run in kept if run.run_id.startswith(word) or run.record["run_name"] == word]
    if len(fits) == 1:
        return _of(fits[0])
    if not fits:
        fitting = [
            (run.run_id, run.name) for run in _tracked(root, source) if run.run_id.startswith(word) or run.name == word
        ]
        if len(fitting) == 1:
            return _whole(root, source, *fitting[0], "")
        raise _unclear(word, [f"{run_id[:SHORT]} ({name})" for run_id, name in fitting], root, source, kept, where)
    raise _unclear(
        word, [f"{run.run_id[:SHORT]} ({run.record['run_name']})" for run in fits], root, source, kept, where
    )


def _of(run: KeptRun) -> Named:
    told = run.record
    return Named(run.run_id, str(told["run_name"]), str(told["registered_version"]), str(told["source"]), run)


def _whole(root: Path, source: str, run_id: str, name: str, version: str) -> Named:
    for run in kept_runs(root, source):
        if run.run_id == run_id:
            return _of(run)
    return Named(run_id, name, version, source, None)


def _by_age(root: Path, source: str, kept: list[KeptRun], place: int, where: str) -> Named:
    if len(kept) > place:
        return _of(kept[place])
    runs = _tracked(root, source)
    if len(runs) > place:
        return _whole(root, source, runs[place].run_id, runs[place].name, "")
    raise MissingInputError(
        f"there are {len(runs)} runs of {source}",
        where=where,
        next_step="run `dvc repro`, with another param or new data",
    )


def _registered(root: Path, source: str, kept: list[KeptRun], word: str, where: str) -> Named:
    if word.isdigit():
        here = [run for run in kept if run.record["registered_version"] == word]
        if here:
            return _of(here[0])
    from savedesk.track.lookup import registered  # noqa: PLC0415 - MLflow is slow to load

    versions, aliases = registered(root, source)
    version = word if word.isdigit() else aliases.get(word, "")
    if version not in versions:
        newest = sorted(versions, key=int, reverse=True)[:NAMED]
        raise ParamsError(
            f"no {'version' if word.isdigit() else 'model with the alias'} {word!r} of {source}",
            where=where,
            allowed=", ".join([*sorted(aliases), *newest]) or "none yet",
            next_step="choose one of them, or run `dvc repro`" if word != CHAMPION else "run `savedesk promote` first",
        )
    return _whole(root, source, versions[version], _name(root, source, versions[version]), version)


def _name(root: Path, source: str, run_id: str) -> str:
    return next((run.name for run in _tracked(root, source) if run.run_id == run_id), "")


def _tracked(root: Path, source: str) -> list[TrackedRun]:
    from savedesk.track.lookup import tracked_runs  # noqa: PLC0415 - MLflow is slow to load

    return tracked_runs(root, source)


def _unclear(word: str, fits: list[str], root: Path, source: str, kept: list[KeptRun], where: str) -> ParamsError:
    if fits:
        return ParamsError(
            f"{word!r} means {len(fits)} runs",
            where=where,
            allowed=", ".join(fits[:NAMED]),
            next_step="give more of the id",
        )
    known = [f"{run.run_id[:SHORT]} ({run.record['run_name']})" for run in kept[:NAMED]]
    known = known or [f"{run.run_id[:SHORT]} ({run.name})" for run in _tracked(root, source)[:NAMED]]
    return ParamsError(
        f"no run {word!r} of {source}, neither in {FOLDER} nor in MLflow",
        where=where,
        allowed=", ".join([*WORDS, "a version number", *known]),
        next_step="choose one of them",
    )
