"""What the list and its files say, in the run's language."""

from __future__ import annotations

from savedesk.locales.catalogue import Texts, Translations
from savedesk.schemas.table import Column

TEXTS = Texts("terms", "list")
say = TEXTS.say
MEANINGS = Translations("columns")  # in English the contract says it


def meaning(column: Column, language: str) -> str:
    """Return what a column of the sheets means."""
    return MEANINGS.of(column.name, column.meaning, language)


def unit(column: Column, language: str) -> str:
    """Return the unit of a column of the sheets."""
    return TEXTS.of(language).word("unit", column.unit) if column.unit else ""
