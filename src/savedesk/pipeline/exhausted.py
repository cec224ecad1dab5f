"""What a machine has run out of: disk, inodes, file size, memory, handles, threads. No fault of the program or data.

Libraries wrap the system's error in errors of their own, so the whole chain of causes is looked at: by number where
there is one, else by the words in which DuckDB, Arrow, SQLite and C++ pass it on.
"""

from __future__ import annotations

import errno
import os
import re
import resource
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from savedesk.errors import ResourceError, SavedeskError

DISK, SIZE, READ_ONLY, MEMORY, HANDLES, THREADS = "disk", "file size", "read-only", "memory", "open files", "threads"
_NUMBERS = {
    errno.ENOSPC: DISK,
    errno.EDQUOT: DISK,
    errno.EFBIG: SIZE,
    errno.EROFS: READ_ONLY,
    errno.ENOMEM: MEMORY,
    errno.EMFILE: HANDLES,
    errno.ENFILE: HANDLES,
}
_WORDS = (
    (DISK, r"no space left on device|disk is full|disk full|disk quota exceeded|errno 28\b"),
    (SIZE, r"file too large|errno 27\b"),
    (READ_ONLY, r"read-only file system|errno 30\b"),
    (MEMORY, r"out of memory|cannot allocate memory|bad_?alloc|(failed to|could not) allocate|errno 12\b"),
    (MEMORY, r"memoryerror|memory allocation|failed to map segment"),
    (HANDLES, r"too many open files|errno 24\b"),
    (THREADS, r"can't start new thread|pthread_create"),
)
NEARLY_FULL_BYTES = 50_000_000
FEW_FILES = 100  # inodes that are left where it is these that ran out; what was begun has been removed by now
# SQLite says no more, so that what ran out must be looked for
_VAGUE = r"disk i/o error|unable to open database file|readonly database"
_PATH = re.compile(r"[\"'](/[^\"']+)[\"']")
_SIZES = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def exhausted(error: BaseException, root: Path) -> ResourceError | None:
    """Return what an error says that the machine has run out of, in one line; None if it says nothing of the kind.

    Args:
        error: whatever ended the command.
        root: project folder: where it was writing, if the error names no file.
    """
    for cause in _chain(error):
        kind = None if isinstance(cause, SavedeskError) else _kind(cause, root)
        if kind is not None:
            return lack(kind, _place(cause, root))
    return None


def exhausted_by(said: str, root: Path) -> ResourceError | None:
    """Return what a text of a library or of the system says that the machine has run out of; None if nothing.

    Args:
        said: any text, of one line or many.
        root: project folder.
    """
    kind = _kind_of_text(said, root)
    return None if kind is None else lack(kind, root.absolute())


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        cause = waiting.pop(0)
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        context = None if cause.__suppress_context__ else cause.__context__
        waiting += [cause.__cause__, context, getattr(cause, "orig", None)]


def _kind(error: BaseException, root: Path) -> str | None:
    if isinstance(error, MemoryError):
        return MEMORY
    if isinstance(error, OSError) and error.errno in _NUMBERS:
        return _NUMBERS[error.errno]
    return _kind_of_text(str(error), root)


def _kind_of_text(said: str, root: Path) -> str | None:
    named = next((kind for kind, words in _WORDS if re.search(words, said.lower())), None)
    return named or (_looked_for(root) if re.search(_VAGUE, said.lower()) else None)


def _looked_for(root: Path) -> str | None:
    """Return what keeps a file below the project folder from being written, as far as can be seen; else None."""
    if _file_system(root).f_flag & os.ST_RDONLY:
        return READ_ONLY
    if is_full(root):
        return DISK
    return SIZE if resource.getrlimit(resource.RLIMIT_FSIZE)[0] != resource.RLIM_INFINITY else None


def _place(error: BaseException, root: Path) -> Path:
    """Return the file that could not be written, or the project folder."""
    name = getattr(error, "filename2", None) or getattr(error, "filename", None)  # of a copy where it should go
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):  # of a folder's copy
        name = next((str(parts[1]) for parts in error.args[0]), None)
    if isinstance(name, str):
        return root / name
    match = _PATH.search(str(error))
    return Path(match.group(1)) if match else root.absolute()


def lack(kind: str, place: Path) -> ResourceError:
    """Return the line of a machine that has run out of something.

    Args:
        kind: what it has run out of.
        place: the file that could not be written, or its folder.
    """
    if kind == MEMORY:
        return ResourceError(
            f"no more memory, {memory_said()}",
            next_step="lower engine.memory_limit_gb and engine.threads in params.yaml, or use a larger machine",
        )
    if kind in (HANDLES, THREADS):
        limit = resource.getrlimit(resource.RLIMIT_NOFILE if kind == HANDLES else resource.RLIMIT_NPROC)[0]
        letter = "n" if kind == HANDLES else "u"
        return ResourceError(
            f"no more {kind}, the limit is {limit:,}", next_step=f"raise it (ulimit -{letter}), or end other programs"
        )
    if kind == SIZE:
        most = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
        limit_said = f", the limit is {_size(most)}" if most != resource.RLIM_INFINITY else ""
        return ResourceError(
            f"a file would be larger than this process may write{limit_said}",
            where=str(place),
            next_step="raise the limit (ulimit -f), or use another file system; the old outputs are whole",
        )
    if kind == READ_ONLY:
        return ResourceError(
            "the file system is read-only",
            where=str(place),
            next_step="make it writable, or copy the project to one that is; the old outputs are whole",
        )
    place = _without_room(place)
    return ResourceError(
        f"no room left, {_room(place)}",
        where=str(place),
        next_step="free room there (TMPDIR says where temporary files go), then run again; the old outputs are whole",
    )


def _without_room(place: Path) -> Path:
    """Return the named place; the temporary folder if that is nearly full and the place is not."""
    temporary = Path(tempfile.gettempdir())
    return temporary if _nearly_full(temporary) and not _nearly_full(place) else place


def _nearly_full(place: Path) -> bool:
    space = _file_system(place)
    return space.f_bavail * space.f_frsize < NEARLY_FULL_BYTES or bool(space.f_files and space.f_favail < FEW_FILES)


def _room(place: Path) -> str:
    """Return how much room there is where a file should go; of files where only these ran out."""
    space = _file_system(place)
    if space.f_files and space.f_favail < FEW_FILES:
        return f"{space.f_favail} of {space.f_files:,} files (inodes) free"
    return f"{_size(space.f_bavail * space.f_frsize)} free of {_size(space.f_blocks * space.f_frsize)}"


def is_full(place: Path) -> bool:
    """Return whether the file system of a file or folder has no room or no inodes left."""
    space = _file_system(place)
    return not space.f_bavail or bool(space.f_files and not space.f_favail)


def _file_system(place: Path) -> os.statvfs_result:
    return os.statvfs(next(folder for folder in (place, *place.absolute().parents) if folder.is_dir()))


def memory_said() -> str:
    """Return how much memory there is: the limit of this process, of its cgroup, or the machine's."""
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit != resource.RLIM_INFINITY:
        return f"the limit of this process is {_size(limit)}"
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    group = min(_cgroup_limits(), default=whole)
    return f"the limit of its cgroup is {_size(group)}" if group < whole else f"this machine has {_size(whole)}"


def _cgroup_limits() -> Iterator[int]:
    """Yield the memory limits of the cgroups that hold this process, in both versions of Linux's cgroups."""
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for _, kinds, name in (line.split(":", 2) for line in lines):
        if kinds in ("", "memory"):
            top = Path("/sys/fs/cgroup", kinds)
            folder = top / name.lstrip("/")
            for group in (folder, *folder.parents):
                for file in (group / "memory.max", group / "memory.limit_in_bytes"):
                    with suppress(OSError, ValueError):  # none here, or "max"
                        yield int(file.read_text(encoding="utf-8"))
                if group == top:
                    break


def _size(size: float) -> str:
    return next((f"{size / unit:.1f} {name}" for unit, name in _SIZES if size >= unit), f"{size:.0f} bytes")
