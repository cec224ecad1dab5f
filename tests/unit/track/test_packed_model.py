"""The served model stands alone: all of the code that it imports is logged with it, and the packages are named."""

from __future__ import annotations

import ast
import sys

from savedesk.pipeline.import_closure import SRC, closure
from savedesk.stages.track.packed_model import CODE, PACKAGE, REQUIREMENTS, SERVED

IMPORTED_AS = {"scikit-learn": "sklearn", "ibis-framework": "ibis"}
PIN = {"sqlglot"}  # Ibis breaks on other versions


def needed():
    return closure("savedesk.stages.track.served_model") - {PACKAGE / "stages/track" / SERVED}


def test_the_code_that_is_logged_is_what_it_imports():
    packages = {parent / "__init__.py" for path in needed() for parent in path.parents if SRC in parent.parents}
    assert {PACKAGE / name for name in CODE} == needed() | packages


def test_every_package_that_it_imports_is_required():
    names = set()
    for path in needed():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names.add((node.module or "").split(".")[0])
    foreign = names - set(sys.stdlib_module_names) - {"savedesk"}
    assert {IMPORTED_AS.get(name, name) for name in REQUIREMENTS} - PIN == foreign
