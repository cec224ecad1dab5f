"""Whether two languages say the same things: the same keys, and in each text the same values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from savedesk.errors import ParamsError
from savedesk.locales.placeholders import fields, optional_parts
from savedesk.locales.text_file import Entry, mistake


def require_same(english: Mapping[str, Entry], other: Mapping[str, Entry], path: Path) -> None:
    """Refuse a translation that differs from the English file in more than words.

    Args:
        english: entries of the English file.
        other: those of the translation.
        path: of the translation.

    Raises:
        ParamsError: a text is missing, has no counterpart, or leaves other values open; the first is named.
    """
    first = next(_differences(english, other, path), None)
    if first is not None:
        raise first


def _differences(english: Mapping[str, Entry], other: Mapping[str, Entry], path: Path) -> Iterator[ParamsError]:
    for key, entry in english.items():
        if key not in other:
            yield ParamsError(f"lacks {key!r}, in English {entry.text!r}", where=str(path), next_step="add it")
        else:
            yield from _open_otherwise(key, entry.text, other[key], path)
    for key, entry in other.items():
        if key not in english:
            yield mistake(path, entry.line, f"{key!r} has no counterpart in English")


def _open_otherwise(key: str, english: str, other: Entry, path: Path) -> Iterator[ParamsError]:
    wanted, given = fields(english), fields(other.text)
    if wanted != given:
        yield mistake(path, other.line, f"{key!r} has the values {_listed(given)}, in English {_listed(wanted)}")
    elif optional_parts(english) != optional_parts(other.text):
        yield mistake(path, other.line, f"{key!r} has other parts in [ ] than in English")


def _listed(names: set[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "none"
