"""Every text is asked for by some code: by its key, or by a kind of word and a code of the data.

Seen in the source: the strings of a room's modules, its templates and scripts.
"""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from savedesk.locales.catalogue import ENGLISH, FOLDER, LANGUAGE
from savedesk.locales.text_file import entries
from savedesk.pipeline.import_closure import PACKAGE, imported, module_file
from savedesk.pipeline.text_files import sections

MODULES = sorted(PACKAGE.rglob("*.py"))
FILES = [path.relative_to(FOLDER / ENGLISH) for path in sorted((FOLDER / ENGLISH).rglob("*.yaml"))]
OF_THE_DATA = ("region_", "channel_")  # the rest of such a key is a name that a source or params.yaml gives


@cache
def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def strings(path):
    return {
        node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@cache
def codes():
    """Return whatever may be a code: the strings of the package, also with blanks for their underscores."""
    every = {text for path in MODULES for text in strings(path)}
    return every | {text.replace("_", " ") for text in every}


def is_made(key, pattern):
    """Return whether a key is what a pattern gives with codes, or numbers, in its places (None)."""
    if not pattern:
        return not key
    first, rest = pattern[0], pattern[1:]
    if first is not None:
        return key.startswith(first) and is_made(key[len(first) :], rest)
    ends = range(1, len(key) + 1) if rest else [len(key)]
    return any((key[:end] in codes() or key[:end].isdigit()) and is_made(key[end:], rest) for end in ends)


@cache
def patterns(path):
    """Return what a module may make a key of: an f-string with a word in it, or the kind of a ``word``."""
    return set(_patterns(path))


def _patterns(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
            if any(part and re.search("[a-z]{2}", part) for part in parts):
                yield tuple(parts)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "word":
            kinds = [part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)]
            yield from ((f"{kind}_", None) for kind in kinds)


@cache
def declared():
    """Return the sections that each module declares."""
    return {path: sections(path) for path in MODULES if "savedesk.locales.catalogue" in imports()[path]}


@cache
def imports():
    return {path: imported(path) for path in MODULES}


def readers(section):
    """Return the modules that may ask for a text: beside the one that declares it, who imports it, or is handed it."""
    declaring = {path for path, names in declared().items() if any(section.is_relative_to(name) for name in names)}
    beside = {path for home in declaring for path in home.parent.rglob("*.py")}
    importing = {path for path in MODULES if declaring & {module_file(name) for name in imports()[path]}}
    handed = {module_file(name) for path in declaring for name in imports()[path]} - {None}
    own = {FOLDER / "catalogue.py"} if str(section) == LANGUAGE else set()
    return beside | importing | handed | own


def asked_for(modules):
    """Return keys, and patterns of keys, that modules and the pages beside them ask for."""
    pages = [page for home in {path.parent for path in modules} for page in home.glob("page/*") if page.is_file()]
    written = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    keys = {*re.findall(r"\bt\.(\w+)", written), *re.findall(r'\bsay\("(\w+)"', written)}
    keys |= {text for path in modules for text in strings(path)}
    return keys, {pattern for path in modules for pattern in patterns(path)}


@pytest.mark.parametrize("file", FILES, ids=str)
def test_every_text_is_asked_for(file):
    modules = readers(file.with_suffix(""))
    assert modules, f"no module declares {file}"
    keys, shapes = asked_for(modules)
    unused = [
        key
        for key in entries(FOLDER / ENGLISH / file)
        if key not in keys and not key.startswith(OF_THE_DATA) and not any(is_made(key, shape) for shape in shapes)
    ]
    assert unused == []
