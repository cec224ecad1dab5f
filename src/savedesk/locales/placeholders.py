"""What a text leaves open: ``{name}`` stands for a value, ``[ ]`` goes around what may be left out."""

from __future__ import annotations

import re
from string import Formatter

OPTIONAL = re.compile(r"\[([^\]]*)\]")


def fields(text: str) -> set[str]:
    """Return the names in a text's braces.

    Raises:
        ValueError: a brace has no partner.
    """
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def optional_parts(text: str) -> list[list[str]]:
    """Return the names in each optional part of a text, in an order that does not depend on where the parts stand."""
    return sorted(sorted(fields(part)) for part in OPTIONAL.findall(text))
