"""What a stage's result depends on in the code: its static import closure, read from the source without running it."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src"


def module_file(module: str) -> Path | None:
    """Return the file of a module of the package, or None if it is not one."""
    path = SRC / Path(*module.split("."))
    if path.with_suffix(".py").is_file():
        return path.with_suffix(".py")
    return path / "__init__.py" if (path / "__init__.py").is_file() else None


def imported(path: Path) -> set[str]:
    """Return the package's modules that a file imports, at its top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == "savedesk"}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "savedesk":
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if module_file(inner) else str(node.module))
    return found


def closure(*modules: str) -> set[Path]:
    """Return the files of the modules and of everything that they import, directly or not."""
    todo, seen = list(modules), set()
    while todo:
        path = module_file(todo.pop())
        if path and path not in seen:
            seen.add(path)
            todo += sorted(imported(path))
    return seen


def code_deps(stage: str) -> list[str]:
    """Return what dvc.yaml must list for a stage: its closure, the runner's, and the stage's own templates."""
    files = closure(f"savedesk.{stage}.stage", "savedesk.runner")
    if stage == "track":  # the served model is logged as code
        files |= closure("savedesk.track.served_model")
    files |= {path for path in (SRC / "savedesk" / stage).iterdir() if path.suffix in {".j2", ".css"}}
    return sorted(str(path.relative_to(ROOT)) for path in files)
