"""Names are words of the field, or say what they hold (docs/glossary.md)."""

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
MEANINGLESS = frozenset({"found", "made", "told", "judged", "nobody", "one", "sifted", "medicine"})  # names of anything
FILES = sorted(PACKAGE.rglob("*.py"))


def words_of(name: str) -> set[str]:
    return set(re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower().split("_"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_name_is_a_word_that_the_glossary_retires(path):
    assert not words_of(path.stem) & RETIRED_MODULES
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            assert not words_of(node.name) & RETIRED, f"{path}:{node.lineno} {node.name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_variable_or_parameter_has_a_name_that_says_nothing(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assigned = [node for node in ast.walk(tree) if isinstance(node, ast.Assign)]
    ones = [node.targets[0] for node in assigned if ast.unparse(node.value).startswith("ibis.literal(1,")]
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            assert node.arg not in MEANINGLESS, f"{path}:{node.lineno} {node.arg}"
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in ones:
            assert node.id not in MEANINGLESS, f"{path}:{node.lineno} {node.id}"
