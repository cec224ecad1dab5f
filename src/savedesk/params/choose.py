"""Choose a source: one line of params.yaml, its own values, and its raw folder where DVC can see it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from savedesk.errors import ParamsError
from savedesk.params.load import own_params, source_folder
from savedesk.params.mistake import PARAMS_FILE
from savedesk.params.raw_folder import RAW_ENV, be_there, named_folder, of_source, own_folder, raw_line
from savedesk.params.registry import SCALARS, SECTIONS
from savedesk.params.without_git import let_dvc_work


def choose_source(root: Path, name: str, raw: Path | None) -> list[str]:
    """Make ``name`` the source of the next run and return what was done, a line each.

    Args:
        root: project folder.
        name: of the source.
        raw: folder with the raw files; None: that of ``SAVEDESK_RAW``, else the project's own.

    Raises:
        ParamsError: no such source, no line ``source:`` to change, or two raw folders that compete.
        MissingInputError: the raw folder is not there.
    """
    source_folder(root, name)
    linked = _raw_folder(root, name, raw)  # first: it can refuse, and then nothing else has changed
    done = [_change_line(root / PARAMS_FILE, name), _own_values(root, name), linked, let_dvc_work(root)]
    return [line for line in done if line]


def _change_line(path: Path, name: str) -> str:
    lines = path.read_bytes().decode("utf-8").splitlines(keepends=True)
    numbers = [number for number, line in enumerate(lines) if line.startswith("source:")]
    if len(numbers) != 1:
        raise ParamsError(
            "needs exactly one line that starts with `source:`", where=path.name, next_step="add `source: simulated`"
        )
    line = lines[numbers[0]]
    comment = line.partition("#")[2].strip()
    ending = "\r\n" if line.endswith("\r\n") else "\n"
    changed = f"source: {name}" + (f"  # {comment}" if comment else "") + ending
    if line.partition("#")[0].split() == ["source:", name]:
        return ""
    lines[numbers[0]] = changed
    scratch = path.with_name(f".{path.name}.tmp")
    scratch.write_bytes("".join(lines).encode("utf-8"))
    shutil.copymode(path, scratch)
    scratch.replace(path)
    return f"source is now {name} ({path.name})"


def _own_values(root: Path, name: str) -> str:
    """Add the sections that params/<name>.yaml lacks, as those of a newer version: DVC needs each of them there."""
    path = own_params(root, name)
    before = (
        path.read_text(encoding="utf-8") if path.exists() else f"# Values of {name} that differ from params.yaml.\n"
    )
    there = {line.partition(":")[0].strip() for line in before.splitlines() if line[:1].isalpha()}
    lacking = [kind.key for kind in SECTIONS if kind.key not in {*SCALARS, *there}]
    if not lacking:
        return ""
    path.parent.mkdir(exist_ok=True)
    is_new = not path.exists()
    scratch = path.with_name(f".{path.name}.tmp")
    scratch.write_text(before.rstrip("\n") + "\n" + "".join(f"{key}: {{}}\n" for key in lacking), encoding="utf-8")
    shutil.copymode(root / PARAMS_FILE, scratch)
    scratch.replace(path)
    shown = path.relative_to(root)
    return f"wrote {shown} for this source's own values" if is_new else f"added {', '.join(lacking)} to {shown}"


def _raw_folder(root: Path, name: str, raw: Path | None) -> str:
    """Let data/raw/<name> stand for the folder with the raw files, as far as it has none of its own."""
    place = own_folder(root, name)
    place.parent.mkdir(parents=True, exist_ok=True)
    named = named_folder(root, name)
    folder = named if raw is None else of_source(raw, name)
    if raw is not None and folder is not None and named is not None and folder.resolve() != named.resolve():
        raise ParamsError(
            f"--raw names {folder}, but {RAW_ENV} names {named}",
            where="use",
            next_step=f"unset {RAW_ENV}, or leave --raw out",
        )
    if folder is None or (place.exists() and folder.resolve() == place.resolve()):
        be_there(root, name)
        return ""
    if place.is_dir() and not place.is_symlink() and any(place.iterdir()):
        if raw is None:
            return raw_line(root, name)
        raise ParamsError(
            f"--raw names {folder}, but data/raw/{name} has files of its own",
            where=f"data/raw/{name}",
            next_step=f"leave --raw out, move the files away, or set {RAW_ENV}, which is read for as long as it is set",
        )
    if place.is_symlink():
        place.unlink()
    elif place.is_dir():
        place.rmdir()
    place.symlink_to(_target(folder, root, place), target_is_directory=True)
    return f"data/raw/{name} -> {folder}"


def _target(folder: Path, root: Path, place: Path) -> Path:
    """Return what the link says: a folder within the project is told from there, so that it moves along with it."""
    there = folder.resolve()
    inside = there.is_relative_to(root.resolve())
    return Path(os.path.relpath(there, place.parent.resolve())) if inside else there
