"""What a module depends on in the code: its static import closure, read from the source without running it."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
SRC = PACKAGE.parent
NAME = PACKAGE.name


def module_file(module: str) -> Path | None:
    """Return the file of a module of the package, or None if it is not one."""
    path = SRC / Path(*module.split("."))
    if path.with_suffix(".py").is_file():
        return path.with_suffix(".py")
    return path / "__init__.py" if (path / "__init__.py").is_file() else None


def modules_of(folder: Path) -> list[str]:
    """Return the modules in a folder of the package and below it, sorted by path."""
    return [".".join(path.relative_to(SRC).with_suffix("").parts) for path in sorted(folder.rglob("*.py"))]


def imported(path: Path) -> set[str]:
    """Return the package's modules that a file imports, at its top or inside a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names if alias.name.split(".")[0] == NAME}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == NAME:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                names.add(inner if module_file(inner) else str(node.module))
    return names


def closure(*modules: str) -> set[Path]:
    """Return the files of the modules and of everything that they import, directly or not."""
    waiting, seen = list(modules), set()
    while waiting:
        path = module_file(waiting.pop())
        if path and path not in seen:
            seen.add(path)
            waiting += sorted(imported(path))
    return seen


def rooms(files: set[Path]) -> set[Path]:
    """Return the rooms of files: a stage's folder, another folder at the top of the package, or the file itself.

    The texts are no room that changes as a whole: an edited text concerns those alone who say it.
    """
    return {_room(path.relative_to(PACKAGE)) for path in files}


def _room(path: Path) -> Path:
    if path.parts[0] == "locales":
        return PACKAGE / path
    depth = 2 if path.parts[0] == "stages" and len(path.parts) > 2 else 1  # noqa: PLR2004 - stages/NAME/file
    return PACKAGE.joinpath(*path.parts[:depth])
