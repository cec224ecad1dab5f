"""Choose a source: one line of params.yaml, its own values, and its raw folder where DVC can see it."""

from __future__ import annotations

from pathlib import Path

from savedesk.errors import MissingInputError, ParamsError
from savedesk.params.load import SECTIONS, own_params, source_folder
from savedesk.params.mistake import PARAMS_FILE, SCALARS


def choose_source(root: Path, name: str, raw: Path | None) -> list[str]:
    """Make ``name`` the source of the next run and return what was done, a line each.

    Raises:
        ParamsError: no such source, no line ``source:`` to change, or two raw folders that compete.
        MissingInputError: ``raw`` is not a folder.
    """
    source_folder(root, name)
    linked = _raw_folder(root, name, raw)  # first: it can refuse, and then nothing else has changed
    done = [_change_line(root / PARAMS_FILE, name), _own_values(root, name), linked]
    return [line for line in done if line]


def _change_line(path: Path, name: str) -> str:
    lines = path.read_bytes().decode("utf-8").splitlines(keepends=True)
    found = [number for number, line in enumerate(lines) if line.startswith("source:")]
    if len(found) != 1:
        raise ParamsError(
            "needs exactly one line that starts with `source:`", where=path.name, next_step="add `source: simulated`"
        )
    line = lines[found[0]]
    comment = line.partition("#")[2].strip()
    ending = "\r\n" if line.endswith("\r\n") else "\n"
    changed = f"source: {name}" + (f"  # {comment}" if comment else "") + ending
    if line.partition("#")[0].split() == ["source:", name]:
        return ""
    lines[found[0]] = changed
    scratch = path.with_name(f".{path.name}.tmp")
    scratch.write_bytes("".join(lines).encode("utf-8"))
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
    made = not path.exists()
    scratch = path.with_name(f".{path.name}.tmp")
    scratch.write_text(before.rstrip("\n") + "\n" + "".join(f"{key}: {{}}\n" for key in lacking), encoding="utf-8")
    scratch.replace(path)
    shown = path.relative_to(root)
    return f"wrote {shown} for this source's own values" if made else f"added {', '.join(lacking)} to {shown}"


def _raw_folder(root: Path, name: str, raw: Path | None) -> str:
    """Let data/raw/<name> stand for the folder with the raw files, so that DVC sees when they change."""
    place = root / "data" / "raw" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    if raw is None or (place.exists() and raw.resolve() == place.resolve()):
        if place.is_symlink() and not place.exists():
            place.unlink()
        place.mkdir(exist_ok=True)
        return ""
    if not raw.is_dir():
        raise MissingInputError(
            "no such folder", where=f"SAVEDESK_RAW={raw}", next_step="name the folder with the raw files"
        )
    if place.is_dir() and not place.is_symlink() and any(place.iterdir()):
        raise ParamsError(
            f"SAVEDESK_RAW names {raw}, but data/raw/{name} has files of its own",
            where=f"data/raw/{name}",
            next_step="unset SAVEDESK_RAW, or move the files away",
        )
    if place.is_symlink():
        place.unlink()
    elif place.is_dir():
        place.rmdir()
    place.symlink_to(raw.resolve(), target_is_directory=True)
    return f"data/raw/{name} -> {raw}"
