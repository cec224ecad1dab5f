"""Which files belong to a relation, what their folders say, and which files are nearly meant and not read."""

from __future__ import annotations

import fnmatch
import hashlib
import unicodedata
import urllib.parse
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from savedesk.errors import DataContractError, MissingInputError
from savedesk.params.raw_folder import RAW_ENV
from savedesk.stages.ingest.raw_file import RawFile

_NOT_DATA = ("~$", "._")  # a spreadsheet that is open; what a Mac writes beside a file
_HIDDEN = ("_", ".")  # begin the names of what Hive and Spark have not finished, or keep for themselves
_MARKS = ("_success", "_metadata", "_common_metadata", "_committed_*", "_started_*", ".*.crc", ".ds_store")
_NAMED = 3


@dataclass(frozen=True)
class Placed:
    """The files of a relation.

    Args:
        files: in the order in which they are read.
        folders: for each file what folders such as ``month=2024-01`` say, by column.
    """

    files: tuple[Path, ...]
    folders: tuple[Mapping[str, str | None], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the folders make."""
        return tuple(self.folders[0]) if self.folders else ()


def placed(name: str, declared: RawFile, folder: Path) -> Placed:
    """Return the files of a relation.

    Raises:
        MissingInputError: there is none.
        DataContractError: another hash than declared, or folders that do not say the same columns of each file.
    """
    given = _given(declared, folder)
    files = [path for path in given if path.is_file() and not path.name.startswith(_NOT_DATA)]
    if not files:
        inside = any(path.is_dir() for path in given)
        raise MissingInputError(
            f"relation {name!r} has no file" + (": the path is a folder" if inside else ""),
            where=str(folder / declared.path),
            next_step=f"write path: {declared.path.rstrip('/')}/**/*.{declared.kind}"
            if inside
            else f"put it there, or set {RAW_ENV} to the folder that holds it",
        )
    if declared.sha256 and (digest := _sha256(files[0])) != declared.sha256:
        raise DataContractError(
            f"sha256 is {digest}, but source.yaml declares {declared.sha256}",
            where=str(files[0]),
            next_step="fetch the file again, or declare the new hash if it is meant to differ",
        )
    folders = [_said_by_folders(path.relative_to(folder)) for path in files]
    for path, said in zip(files, folders, strict=True):
        if list(said) != list(folders[0]):
            raise DataContractError(
                f"its folders say {_listed(said)}, but those of {files[0].name} say {_listed(folders[0])}",
                where=str(path.relative_to(folder)),
                next_step="lay the files out alike, or narrow path: in source.yaml",
            )
    return Placed(tuple(files), tuple(folders))


def _given(declared: RawFile, folder: Path) -> list[Path]:
    """Return the paths that are meant, in whichever of its two forms a name with accents is stored.

    A pattern means nothing that Hive and Spark hide, such as a part in ``_temporary`` that was never finished.
    """
    forms = list(
        dict.fromkeys([declared.path, *(unicodedata.normalize(form, declared.path) for form in ("NFC", "NFD"))])
    )
    if not declared.is_pattern:
        return [next((folder / form for form in forms if (folder / form).exists()), folder / declared.path)]
    named = PurePosixPath(declared.path).parts
    return [
        path
        for path in sorted({path for form in forms for path in folder.glob(form)})
        if not any(
            part.startswith(_HIDDEN) and part not in named and not named[-1].startswith(_HIDDEN)
            for part in path.relative_to(folder).parts
        )
    ]


def _listed(said: Mapping[str, object]) -> str:
    return ", ".join(said) or "nothing"


def _said_by_folders(path: Path) -> dict[str, str | None]:
    """Return what folders named ``column=value`` say, as Hive and Spark write them."""
    parts = [part.partition("=") for part in path.parent.parts]
    return {key: urllib.parse.unquote(value) for key, sign, value in parts if key and sign}


def _fixed_part(folder: Path, pattern: PurePosixPath) -> Path:
    """Return the deepest folder that the path names without a sign that matches several."""
    fixed = []
    for part in pattern.parent.parts:
        if any(sign in part for sign in "*?["):
            break
        fixed.append(part)
    return folder.joinpath(*fixed)


def passed_over(relations: Mapping[str, tuple[RawFile, Placed]], folder: Path) -> list[str]:
    """Return a warning for each relation with files that somebody may believe to be read, and are not.

    They differ from the path in capitals, in what follows the ending, by lying in a folder below, or by being packed.
    """
    read = {path for _, layout in relations.values() for path in layout.files}
    said = []
    for name, (declared, _) in relations.items():
        near = _nearly(declared, folder, read)
        shown = ", ".join(near[:_NAMED]) + (f" and {len(near) - _NAMED:,} more" if len(near) > _NAMED else "")
        step = "rename or move what belongs to it, widen path: in source.yaml, or take the files away"
        line = f"relation {name}: not read, since path: {declared.path} does not match: {shown}; next: {step}"
        said += [line] if near else []
    return said


def _nearly(declared: RawFile, folder: Path, read: Collection[Path]) -> list[str]:
    pattern = PurePosixPath(declared.path)
    top = _fixed_part(folder, pattern)
    bare = unicodedata.normalize("NFC", pattern.name.lower().removesuffix(".gz"))
    near = [
        path
        for path in sorted(top.rglob("*"))
        if path not in read
        and path.is_file()
        and not path.name.startswith(_NOT_DATA)
        and not any(fnmatch.fnmatchcase(path.name.lower(), mark) for mark in _MARKS)
        and fnmatch.fnmatchcase(unicodedata.normalize("NFC", path.name.lower()), f"{bare}*")
    ]
    return [path.relative_to(folder).as_posix() for path in near]


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
