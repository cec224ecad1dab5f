"""One hierarchy of errors. Each says what is wrong, where, what is allowed and the next step, on one line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# What steers a terminal, breaks XML, turns the order of letters around or is no sign at all; a tab and a new line stay.
_STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


class SavedeskError(Exception):
    """A mistake that the user can mend.

    Args:
        what: what is wrong.
        where: file, table, column or key in which it is wrong.
        allowed: the values or shapes that would be right; empty when there is nothing to list.
        next_step: what to do now.
    """

    exit_code = 70

    def __init__(self, what: str, *, where: str = "", allowed: str = "", next_step: str = "") -> None:
        """Keep the parts apart, so that a caller can add to one of them."""
        self.what, self.where, self.allowed, self.next_step = what, where, allowed, next_step
        super().__init__(self.line())

    def line(self) -> str:
        """Return the message as one line in which each sign that does not show stands as its code."""
        parts = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.allowed:
            parts.append(f"allowed: {self.allowed}")
        if self.next_step:
            parts.append(f"next: {self.next_step}")
        line = " ".join("; ".join(parts).split())
        return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line)


def printable(text: str) -> str:
    """Return a text in which signs that a terminal would obey stand as codes (of Python: a backslash, x, 1b).

    Whatever goes out (terminal, SVG, Markdown, HTML, workbook) goes through here; nothing can rely on what came in.
    """
    return _STEERING.sub(lambda sign: ascii(sign.group())[1:-1], text)


def printable_values(values: Any) -> Any:
    """Return nested mappings and lists with each text, also of a key, made printable."""
    if isinstance(values, Mapping):
        return {printable_values(name): printable_values(value) for name, value in values.items()}
    if isinstance(values, list | tuple):
        return [printable_values(value) for value in values]
    return printable(values) if type(values) is str else values


class ParamsError(SavedeskError):
    """Wrong usage, a wrong value in params.yaml or source.yaml, or a file of texts that cannot be used."""

    exit_code = 2


class DataContractError(SavedeskError):
    """A table breaks its contract beyond the limit."""

    exit_code = 3


class MissingInputError(SavedeskError):
    """A file that a stage needs is not there."""

    exit_code = 4


class ModelSchemaError(SavedeskError):
    """A table does not fit the model that should score it."""

    exit_code = 5


class PolicyError(SavedeskError):
    """No list satisfies the limits of the policy."""

    exit_code = 6


class GateError(SavedeskError):
    """A model did not pass the gate to become champion."""

    exit_code = 7


class ResourceError(SavedeskError):
    """The machine has run out of something: disk, memory, file size, open files."""

    exit_code = 8
