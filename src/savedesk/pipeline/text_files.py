"""Which files of texts a module reads: the sections that it declares, seen in the source without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

from savedesk.locales.catalogue import Texts, Translations, places

DECLARING = {Texts.__name__, Translations.__name__}


def text_files(files: Iterable[Path]) -> set[Path]:
    """Return the files and folders of texts, in every language, that modules read; no file whose folder is there."""
    read = {place for file in files for section in sections(file) for place in places(section)}
    return {place for place in read if not read.intersection(place.parents)}


def sections(file: Path) -> set[str]:
    """Return the sections that a module names where it calls ``Texts`` or ``Translations``: literals alone."""
    calls = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    declared = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in DECLARING]
    return {str(ast.literal_eval(argument)) for call in declared for argument in call.args}
