"""Texts by key, in a language: what a room says is declared once, ``TEXTS = Texts("terms", "list")``.

The sections stand as literals where ``Texts`` and ``Translations`` are called: dvc.yaml is derived from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from savedesk.errors import ParamsError
from savedesk.locales.agreement import require_same
from savedesk.locales.text_file import Entry, entries
from savedesk.numerals import as_numeral

FOLDER = Path(__file__).parent
ENGLISH = "en"  # what the other languages are held against
LANGUAGE = "language"  # the section that names a language
SUFFIX = ".yaml"


class Catalogue(dict[str, str]):
    """Texts of one language by key. A key that it lacks is an error that names the files."""

    def __init__(self, texts: Mapping[str, str], where: str) -> None:
        """Keep the texts, and where they stand."""
        super().__init__(texts)
        self.where = where

    def __missing__(self, key: str) -> str:
        """Refuse a key that no file has.

        Raises:
            ParamsError: always.
        """
        raise ParamsError(f"no text has the key {key!r}", where=self.where, next_step="add it in each language")

    def say(self, key: str, **figures: object) -> str:
        """Return a text with its values filled in."""
        return self[key].format(**{name: as_numeral(value) for name, value in figures.items()})

    def heading(self, key: str, **figures: object) -> str:
        """Return a text that begins with a capital, also where it is kept as it stands within a sentence."""
        text = self.say(key, **figures)
        return text[:1].upper() + text[1:]

    def word(self, kind: str, code: object) -> str:
        """Return a code or a name from the data in words, or as it stands where no text is kept for it."""
        return self.get(f"{kind}_{code}", str(code))


class Texts:
    """The texts of a room, in every language.

    Args:
        sections: files below the folder of each language, without suffix, or folders of such files.
    """

    def __init__(self, *sections: str) -> None:
        """Keep the names; nothing is read before a text is asked for."""
        self.sections = sections

    def of(self, language: str) -> Catalogue:
        """Return them in a language.

        Raises:
            ParamsError: an unknown language, or a file that is broken or does not agree with the English one.
        """
        return _catalogue(self.sections, language)

    def say(self, key: str, language: str, **figures: object) -> str:
        """Return a text in a language with its values filled in."""
        return self.of(language).say(key, **figures)


class Translations:
    """Texts whose English stands in the code, beside what they speak of; other languages have theirs in a file.

    Args:
        section: the file below the folder of each language but English, without suffix.
    """

    def __init__(self, section: str) -> None:
        """Keep the name; nothing is read before a text is asked for."""
        self.sections = (section,)

    def of(self, key: str, english: str, language: str) -> str:
        """Return a text in a language; in English where it has not been translated yet."""
        return english if language == ENGLISH else _translated(self.sections[0], language).get(key, english)


@cache
def languages() -> dict[str, str]:
    """Return the languages that there are: code and own name."""
    return {path.parent.name: _texts_of(path)["language_name"] for path in sorted(FOLDER.glob(f"*/{LANGUAGE}{SUFFIX}"))}


def places(section: str) -> list[Path]:
    """Return the file or folder of a section in each language that has it."""
    there = [FOLDER / language / name for language in languages() for name in (section, section + SUFFIX)]
    return [place for place in there if place.exists()]


def counted() -> int:
    """Return how many texts there are in English, when all files of all languages have been read and agree.

    Raises:
        ParamsError: a file is broken, missing, or does not agree with the English one.
    """
    for language in languages():
        for path in sorted((FOLDER / language).rglob(f"*{SUFFIX}")):
            entries(path)
    english = FOLDER / ENGLISH
    sections = [path.relative_to(english).with_suffix("").as_posix() for path in sorted(english.rglob(f"*{SUFFIX}"))]
    return sum(len(_agreed(section, ENGLISH)) for section in sections)


@cache
def _catalogue(sections: tuple[str, ...], language: str) -> Catalogue:
    if language not in languages():
        known = ", ".join(f"{code} ({name})" for code, name in languages().items())
        raise ParamsError(f"unknown language {language!r}", where="params.yaml: language", allowed=known)
    texts: dict[str, str] = {}
    for name in (name for section in sections for name in _files(section)):
        given = _agreed(name, language)
        twice = texts.keys() & given.keys()
        if twice:
            raise ParamsError(f"{min(twice)!r} stands in another file, too", where=str(_path(name, language)))
        texts |= {key: entry.text for key, entry in given.items()}
    return Catalogue(texts, ", ".join(str(_path(section, language)) for section in sections))


def _files(section: str) -> list[str]:
    """Return the names of a section's files, as English has them."""
    folder = FOLDER / ENGLISH / section
    return sorted(f"{section}/{path.stem}" for path in folder.glob(f"*{SUFFIX}")) if folder.is_dir() else [section]


def _path(name: str, language: str) -> Path:
    return FOLDER / language / f"{name}{SUFFIX}"


def _agreed(name: str, language: str) -> dict[str, Entry]:
    """Return the entries of a file in a language, when it has been held against the others."""
    english = entries(_path(name, ENGLISH))
    given = {ENGLISH: english}
    for other in languages().keys() - {ENGLISH}:
        given[other] = entries(_path(name, other))
        require_same(english, given[other], _path(name, other))
    return given[language]


@cache
def _translated(section: str, language: str) -> dict[str, str]:
    return _texts_of(_path(section, language))


def _texts_of(path: Path) -> dict[str, str]:
    return {key: entry.text for key, entry in entries(path).items()}
