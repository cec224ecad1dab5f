"""The run that a user means: an id, a prefix of one, a name, a version, or a word such as ``champion``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from savedesk.errors import MissingInputError, ParamsError
from savedesk.operations.promote.ledger import current
from savedesk.operations.runs.kept import FOLDER, KeptRun, kept_runs, require_whole

LAST, PREVIOUS, CHAMPION, CHALLENGER = WORDS = ("last", "previous", "champion", "challenger")
SHORT = 8  # characters of an id that tell two runs apart
NAMED = 5  # runs that a message names


@dataclass(frozen=True)
class Named:
    """A run that was named.

    Args:
        key: by which it is known in any store; empty: an earlier version of Savedesk tracked it.
        run_id: id in MLflow; empty: it has not been sent yet.
        name: ``<as_of> <git commit>``.
        version: of the registered model; empty: unknown.
        source: whose run it is.
        kept: its evidence on this machine; None: there is none.
    """

    key: str
    run_id: str
    name: str
    version: str
    source: str
    kept: KeptRun | None

    @property
    def short(self) -> str:
        """Beginning of its id that no other run has."""
        return (self.run_id or self.key)[:SHORT]

    @property
    def label(self) -> str:
        """Short text that no other run has."""
        return f"{self.name or 'run'} [{self.short}]{f' v{self.version}' if self.version else ''}"

    def fits(self, word: str) -> bool:
        """Return whether a word is its name, or begins its id or key."""
        return self.name == word or self.run_id.startswith(word) or self.key.startswith(word)

    def same(self, other: Named) -> bool:
        """Return whether it is that run."""
        return bool(self.key and self.key == other.key) or bool(self.run_id and self.run_id == other.run_id)


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
    if not word.strip():
        raise ParamsError(
            "an empty name is no run", where=where, allowed=", ".join(WORDS) + ", an id, a name, a version"
        )
    kept = [_of(run) for run in kept_runs(root, source)]
    if word in (LAST, PREVIOUS):
        return _by_age(root, source, kept, (LAST, PREVIOUS).index(word), where)
    if word == CHAMPION and (entry := current(root, source)):
        run, run_id, name, version = (str(entry[part]) for part in ("run", "run_id", "run_name", "version"))
        return _with_kept(Named(run, run_id, name, version, source, None), kept)
    here = [run for run in kept if run.version == word]
    if word.isdigit() and len(here) == 1:
        return here[0]
    a_version = word.isdigit() and (bool(here) or len(word) < SHORT)  # as long as that it is an id without letters
    if word in (CHAMPION, CHALLENGER) or a_version:
        return _registered(root, source, kept, word, where)
    return _fitting(root, source, kept, word, where)


def _of(run: KeptRun) -> Named:
    record = run.record
    return Named(
        run.key, run.run_id, str(record["run_name"]), str(record["registered_version"]), str(record["source"]), run
    )


def _with_kept(run: Named, kept: list[Named]) -> Named:
    """Return the run with what is kept of it; MLflow knows the id of a run that was sent after it had been kept."""
    here = next((named for named in kept if named.same(run)), None)
    if here is None:
        return run
    return replace(here, run_id=run.run_id or here.run_id, version=run.version or here.version)


def _by_age(root: Path, source: str, kept: list[Named], place: int, where: str) -> Named:
    runs = kept if len(kept) > place else _tracked(root, source, kept)
    if len(runs) > place:
        return runs[place]
    raise MissingInputError(
        f"no {(LAST, PREVIOUS)[place]} run of {source}: there {'is' if place else 'are'} {len(runs)}",
        where=where,
        next_step="run `dvc repro`, with another param or new data",
    )


def _registered(root: Path, source: str, kept: list[Named], word: str, where: str) -> Named:
    from savedesk.stages.track.lookup import registered, tracked_run  # noqa: PLC0415 - MLflow is slow to load

    versions, aliases = registered(root, source)
    version = word if word.isdigit() else aliases.get(word, "")
    if version not in versions:
        newest = sorted(versions, key=int, reverse=True)[:NAMED]
        raise ParamsError(
            f"no {'version' if word.isdigit() else 'model with the alias'} {word!r} of {source}",
            where=where,
            allowed=", ".join([*sorted(aliases), *newest]) or "none yet",
            next_step="run `savedesk promote` first" if word == CHAMPION else "choose one of them, or run `dvc repro`",
        )
    run = tracked_run(root, versions[version])
    return _with_kept(Named(run.key, run.run_id, run.name, version, source, None), kept)


def _fitting(root: Path, source: str, kept: list[Named], word: str, where: str) -> Named:
    fits = [run for run in kept if run.fits(word)]
    known = kept
    require_whole(root, word)
    if not fits:
        known = _tracked(root, source, kept)
        fits = [run for run in known if run.fits(word)]
    if len(fits) == 1:
        return fits[0]
    if fits:
        shown = ", ".join(run.label for run in fits[:NAMED])
        raise ParamsError(f"{word!r} means {len(fits)} runs", where=where, allowed=shown, next_step="give an id")
    raise ParamsError(
        f"no run {word!r} of {source}, neither in {FOLDER} nor in MLflow",
        where=where,
        allowed=", ".join([*WORDS, "a version number", *(run.label for run in known[:NAMED])]),
        next_step="choose one of them",
    )


def _tracked(root: Path, source: str, kept: list[Named]) -> list[Named]:
    """Return the runs that MLflow has, newest first."""
    from savedesk.stages.track.lookup import tracked_runs  # noqa: PLC0415 - MLflow is slow to load

    tracked = [Named(run.key, run.run_id, run.name, run.version, source, None) for run in tracked_runs(root, source)]
    return [_with_kept(run, kept) for run in tracked]
