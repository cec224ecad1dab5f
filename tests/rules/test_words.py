"""Names of modules, classes and functions are words of the field, or say what they hold (docs/glossary.md)."""

from __future__ import annotations

import ast
import re

import pytest

from savedesk.pipeline.import_closure import PACKAGE

# Words of ours that the field's own have replaced, and words that say nothing of what they name.
RETIRED = frozenset(
    {
        *("medicine", "verdicts", "strength", "sift", "sifted", "sieve"),
        *("judge", "judged", "evidence", "told", "lessons", "listing"),
    }
)
RETIRED_MODULES = RETIRED | {"utils", "common", "helpers", "misc"}
FILES = sorted(PACKAGE.rglob("*.py"))


def words_of(name: str) -> set[str]:
    return set(re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower().split("_"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_name_is_a_word_that_the_glossary_retires(path):
    assert not words_of(path.stem) & RETIRED_MODULES
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            assert not words_of(node.name) & RETIRED, f"{path}:{node.lineno} {node.name}"
