"""One file of texts: a key and a text on each line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from savedesk.errors import ParamsError
from savedesk.locales.placeholders import fields

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Entry:
    """A text, and the line that its key stands on."""

    text: str
    line: int


def entries(path: Path) -> dict[str, Entry]:
    """Return the texts of a file by key. Whatever YAML takes a value for (no, 1, null), it stays the text it is.

    Raises:
        ParamsError: not there, not readable as YAML, not keys with a text each, a key that stands twice, or a brace
            without its partner; file and line are named.
    """
    try:
        node = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=_LOADER)
    except FileNotFoundError as error:
        raise ParamsError("not there", where=str(path), next_step="translate that of another language") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error
    if not isinstance(node, yaml.MappingNode):
        raise mistake(path, 1, "not keys with a text each")
    given: dict[str, Entry] = {}
    for key, entry in _pairs(path, node):
        if key in given:
            raise mistake(path, entry.line, f"{key!r} stands twice")
        given[key] = entry
    return given


def _pairs(path: Path, node: yaml.MappingNode) -> Iterator[tuple[str, Entry]]:
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise mistake(path, line, "a key is no text; one that begins with a brace must stand in quotes")
        if not isinstance(value, yaml.ScalarNode):
            raise mistake(path, line, f"{key.value!r} is no text; one that begins with a brace must stand in quotes")
        if not value.value.strip():
            raise mistake(path, line, f"{key.value!r} is empty")
        try:
            fields(value.value)
        except ValueError as error:
            raise mistake(path, line, f"{key.value!r} has a brace without its partner") from error
        yield str(key.value), Entry(str(value.value), line)


def mistake(path: Path, line: int, what: str) -> ParamsError:
    """Return the error for a line of a file of texts."""
    return ParamsError(what, where=f"{path}, line {line}", next_step="mend the line; docs/translate.md says how")


def _unreadable(path: Path, error: yaml.YAMLError | UnicodeDecodeError) -> ParamsError:
    if isinstance(error, UnicodeDecodeError):
        return mistake(path, error.object[: error.start].count(b"\n") + 1, "not in UTF-8")
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    return mistake(path, mark.line + 1 if mark else 1, f"not readable as YAML: {problem or error}")
