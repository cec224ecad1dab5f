"""How two systems write one id differently."""

from __future__ import annotations

from typing import Any


def plain_form(text: Any) -> Any:
    """Return an id without what two systems write differently: case, blanks, punctuation, zeros before a number, .0."""
    plain = text.re_replace(r"\.0+$", "").upper().re_replace(r"[^\p{L}\p{N}]", "")
    return plain.re_replace(r"^(\p{L}*)0+([0-9])", r"\1\2")
