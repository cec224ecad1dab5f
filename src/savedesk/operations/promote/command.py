"""The command ``savedesk promote``: the gate, the alias, the files of the champion, the ledger."""

from __future__ import annotations

import datetime as dt
import fcntl
import getpass
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from savedesk.errors import MissingInputError, ModelSchemaError, ParamsError
from savedesk.model.stored import require_one_model
from savedesk.model.trial_read import require_readable
from savedesk.operations.compare.paired import Paired, pair
from savedesk.operations.promote.baseline import beside_best_baseline
from savedesk.operations.promote.gate import Check, gate_checks
from savedesk.operations.promote.ledger import MODEL_VERSION, append, current, require_file
from savedesk.operations.runs.find import CHALLENGER, CHAMPION, Named, find_run
from savedesk.operations.runs.kept import FOLDER, MODEL_FILES
from savedesk.operations.runs.run_contents import RunContents, run_contents_of
from savedesk.params.compare import CompareParams
from savedesk.params.evaluate import EvaluateParams
from savedesk.params.load import current_source, load_params
from savedesk.params.promote import PromoteParams
from savedesk.params.section import Section
from savedesk.pipeline.runner import exchange, recover, scratch_folder
from savedesk.redact import redacted_values
from savedesk.schemas import scores
from savedesk.schemas.model import CHAMPION as CHAMPIONS
from savedesk.stages.track.lookup import move_alias
from savedesk.stages.track.registry import fetch_model
from savedesk.stages.track.repository import git

WHERE = "promote"
MODEL = CHAMPIONS.path
PASSED, FORCED, REFUSED, UNCHANGED, DRY = "passed", "forced", "refused", "unchanged", "dry run"


@dataclass(frozen=True)
class Promotion:
    """What came of it.

    Args:
        outcome: passed, forced, refused, unchanged (it is the champion already) or dry run.
        run: the run whose model it is.
        rival: what it was held against, in words.
        checks: the questions of the gate with their answers.
    """

    outcome: str
    run: Named
    rival: str
    checks: list[Check]

    @property
    def passed(self) -> bool:
        """Whether the gate lets it through."""
        return all(check.passed for check in self.checks)


def promoted(root: Path, word: str, why: str, *, force: bool, dry_run: bool) -> Promotion:
    """Make a run's model the champion, if the gate lets it or it is forced.

    Args:
        root: project folder.
        word: how the user names the run; empty: the challenger.
        why: what the ledger shall say; needed where it is forced.
        force: whether the gate's answer is overruled.
        dry_run: whether nothing shall change.

    Raises:
        ParamsError: no such run, or forced without a reason.
        MissingInputError: MLflow cannot be asked, or the model's files are not there.
        DataContractError: the ledger is damaged.
    """
    if force and not why.strip():
        raise ParamsError(
            "--force without a reason",
            where=WHERE,
            next_step='add `--why "..."`: the ledger keeps it for those who ask later',
        )
    with _one_at_a_time(root):
        source = current_source(root)
        require_file(root)
        run = _registered(root, find_run(root, source, word or CHALLENGER, WHERE))
        champion = _champion(root, source)
        if champion is not None and champion.same(run):
            if current(root, source):
                if not dry_run:
                    _install(root, run)
                return Promotion(UNCHANGED, run, champion.label, [])
            champion = None  # an earlier promotion ended before its line was written
        rival, checks, pairing = _gate_checks(root, run, champion)
        refused = not all(check.passed for check in checks)
        if dry_run or (refused and not force):
            return Promotion(DRY if dry_run else REFUSED, run, rival, checks)
        installed = _install(root, run)
        outcome = FORCED if refused else PASSED
        entry = _entry(root, run, champion, rival, outcome, checks, pairing, why)
        append(root, redacted_values(entry | {MODEL_VERSION: installed}))
        return Promotion(outcome, run, rival, checks)


@contextmanager
def _one_at_a_time(root: Path) -> Iterator[None]:
    """Let a second promotion wait until the first is through, and then be judged against its champion."""
    folder = root / "data"
    folder.mkdir(exist_ok=True)
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _registered(root: Path, run: Named) -> Named:
    """Return the run with its version in this store: another store may have given its number to another model."""
    from savedesk.stages.track.lookup import registered, tracked_runs  # noqa: PLC0415 - MLflow is slow to load

    of_run = {run_id: version for version, run_id in registered(root, run.source)[0].items()}
    ids = (
        [run.run_id]
        if run.run_id in of_run
        else [tracked.run_id for tracked in tracked_runs(root, run.source) if run.key and tracked.key == run.key]
    )
    known = [name for name in ids if name in of_run]
    if not known:
        raise MissingInputError(
            f"the model of {run.label} is not registered in this store",
            where="MLflow",
            next_step="set MLFLOW_TRACKING_URI to the store that has it, or run `dvc repro` and `savedesk track`",
        )
    return replace(run, run_id=known[0], version=of_run[known[0]])


def _champion(root: Path, source: str) -> Named | None:
    """Return the present champion; None where there is none yet."""
    if current(root, source) is None:
        from savedesk.stages.track.lookup import registered  # noqa: PLC0415 - MLflow is slow to load

        if CHAMPION not in registered(root, source)[1]:
            return None
    return find_run(root, source, CHAMPION, WHERE)


def _gate_checks(root: Path, run: Named, champion: Named | None) -> tuple[str, list[Check], Paired | str]:
    sections = load_params(root)
    limits = sections[PromoteParams.key]
    assert isinstance(limits, PromoteParams)  # noqa: S101 - for the type checker
    own = run_contents_of(root, run)
    if champion is None:
        rival, pairing = _against_baseline(own, sections)
        return rival, gate_checks(pairing, limits, rival=rival, same_desk=False), pairing
    rival = f"the champion {champion.label}"
    pairing = _paired(run_contents_of(root, champion), own, sections)
    return rival, gate_checks(pairing, limits, rival="the champion", same_desk=True), pairing


def _against_baseline(own: RunContents, sections: dict[str, Section]) -> tuple[str, Paired | str]:
    kept = own.run.kept
    scored = kept.table(scores.BASELINES, scores.BASELINES.column_names) if kept else None
    if own.rows is None or scored is None:
        return "the best simple model", f"the rows of {own.label} are not in {FOLDER} on this machine"
    name, simple, model = beside_best_baseline(own.rows, scored)
    if not name:
        return "a simple model", "every simple model was left out"
    return f"the best simple model ({name})", _pair(simple, model, sections)


def _paired(champion: RunContents, own: RunContents, sections: dict[str, Section]) -> Paired | str:
    for contents in (champion, own):
        if contents.rows is None:
            return f"the rows of {contents.label} are not in {FOLDER} on this machine"
    assert champion.rows is not None  # noqa: S101 - for the type checker
    assert own.rows is not None  # noqa: S101 - for the type checker
    return _pair(champion.rows, own.rows, sections)


def _pair(a: Any, b: Any, sections: dict[str, Section]) -> Paired | str:
    params, same = sections[EvaluateParams.key], sections[CompareParams.key]
    assert isinstance(params, EvaluateParams)  # noqa: S101 - for the type checker
    assert isinstance(same, CompareParams)  # noqa: S101 - for the type checker
    return pair(a, b, params, same)


def _install(root: Path, run: Named) -> str:
    """Point MLflow's alias at the model and put its files into ``models/champion``; what else lies there stays.

    Returns:
        The hash of the files.
    """
    recover(root, WHERE)
    with scratch_folder(root, WHERE) as scratch:
        into = scratch / MODEL
        if (root / MODEL).is_dir():
            shutil.copytree(root / MODEL, into)
        into.mkdir(parents=True, exist_ok=True)
        if run.kept is None:
            fetch_model(root, run.source, run.version, into)
        else:
            _copy(run.kept.model, into)
        model_version = _require_whole(into, run)
        move_alias(root, run.source, CHAMPION, run.version)
        exchange(scratch, root, [MODEL])
    return model_version


def _copy(model: Path, into: Path) -> None:
    for file in MODEL_FILES:
        name = Path(file.path).name
        if not (model / name).is_file():
            raise MissingInputError(
                "not there", where=f"{FOLDER}/{model.parent.name}/{model.name}/{name}", next_step="run `savedesk track`"
            )
        shutil.copyfile(model / name, into / name)


def _require_whole(folder: Path, run: Named) -> str:
    """Return the hash of the model's files. Those that are no model are refused before anything points at them.

    Raises:
        ModelSchemaError: a file is damaged, or is of another model.
    """
    churn, types, survival, schema = [
        (folder / Path(file.path).name).read_text(encoding="utf-8", errors="replace") for file in MODEL_FILES
    ]
    try:
        described = json.loads(schema)
    except ValueError:
        described = {}
    try:
        require_one_model(churn, types, survival, described)
        require_readable(churn, types, survival, described)
    except ModelSchemaError as error:
        error.where = f"model of {run.label}"
        error.next_step = "run `savedesk track` for its run again, or promote another"
        raise
    return str(described["version"])


def _entry(
    root: Path,
    run: Named,
    champion: Named | None,
    rival: str,
    outcome: str,
    checks: list[Check],
    pairing: Paired | str,
    why: str,
) -> dict[str, Any]:
    """Return the line of the ledger. It names nobody but who promoted, and no place on this machine."""
    figures = {} if isinstance(pairing, str) else _figures(pairing)
    against = {"run": champion.key, "run_id": champion.run_id, "version": champion.version} if champion else {}
    return {
        "when": dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"),
        "who": git(root, "config", "user.name") or getpass.getuser(),
        "source": run.source,
        "run": run.key,
        "run_id": run.run_id,
        "run_name": run.name,
        "version": run.version,
        "against": {"name": rival} | against,
        "verdict": outcome,
        "why": why.strip() or "passed the gate",
        "checks": [{"name": check.name, "passed": check.passed, "told": check.sentence} for check in checks],
        "figures": figures,
    }


def _figures(paired: Paired) -> dict[str, Any]:
    shown = ("profit_a", "profit_b", "profit", "log_loss", "ece", "auc")
    figures: dict[str, Any] = {
        name: {"value": figure.value, "low": figure.low, "high": figure.high}
        for name in shown
        for figure in [paired.figures[name]]
    }
    return {**figures, "rows": paired.rows, "churners": paired.churners, "overlap": paired.overlap}
