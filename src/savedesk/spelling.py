"""Keys that were meant to be alike: one form for those that differ in case, blanks, width, punctuation or zeros."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping

_ALIKE = 0.85  # of the letters, above which two longer names are held to be one
_SHORTEST = 5  # characters; of shorter keys one letter more or less is another key


def form(text: str) -> str:
    """Return a key without what two systems write differently: ``P 01``, ``p-1`` and full-width ``Ｐ１`` are one."""
    plain = re.sub(r"\.0+$", "", unicodedata.normalize("NFKD", text).casefold())  # 101.0 is a 101 that was a number
    letters = "".join(sign for sign in plain if sign.isalnum())
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", letters)


def nearest(values: Iterable[str], known: Iterable[str]) -> Mapping[str, str]:
    """Return, of the values that are not known, the known one that each was probably meant to be."""
    known = sorted(set(known))
    by_form: dict[str, str] = {}
    for key in known:
        by_form.setdefault(form(key), key)
    meant = {}
    for value in values:
        same = by_form.get(form(value))
        if same is None and len(value) >= _SHORTEST and not any(sign.isdigit() for sign in value):
            same = next(iter(difflib.get_close_matches(value, known, n=1, cutoff=_ALIKE)), None)
        if same is not None and same != value:
            meant[value] = same
    return meant
