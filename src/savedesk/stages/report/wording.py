"""How the report speaks: messages and figures in the language of the run."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from savedesk.locales.catalogue import Catalogue
from savedesk.schemas.summaries import COUNTRY
from savedesk.stages.report.amounts import SPACE, Format, decimals, money, number, percent
from savedesk.stages.report.messages import messages_in

Cell = dict[str, Any]
SIGNIFICANT = 6  # digits of a figure that the page sorts or draws by
LARGE = 100  # money from which on cents are left out


@dataclass(frozen=True)
class Wording:
    """Messages of one language and the operator's currency.

    Args:
        code: en or zh.
        currency: as the source names it; may be empty.
    """

    code: str
    currency: str

    @property
    def messages(self) -> Catalogue:
        """What the pages say in the language."""
        return messages_in(self.code)

    def say(self, key: str, **given: object) -> str:
        """Return a message with its places filled."""
        return self.messages.say(key, **given)

    def heading(self, key: str, **given: object) -> str:
        """Return a message as it stands above others: with a capital."""
        return self.messages.heading(key, **given)

    def word(self, kind: str, value: object) -> str:
        """Return a code or a name from the data in words, or as it stands."""
        return self.messages.word(kind, value) if known(value) else self.messages["none"]

    def region(self, name: object) -> str:
        """Return a region's name; everybody's is that of the country."""
        return self.messages["country"] if name == COUNTRY else self.word("region", name)

    def joined(self, sentences: Iterable[str]) -> str:
        """Return sentences after each other; empty ones are left out."""
        return (" " if self.code == "en" else "").join(sentence for sentence in sentences if sentence)

    def within(self, text: str) -> str:
        """Return a name as it stands inside a sentence: in English it begins small there, unless it is all large."""
        return text if self.code != "en" or text[1:2].isupper() else text[:1].lower() + text[1:]

    def day(self, value: object) -> str:
        """Return a date in words."""
        when = pd.Timestamp(str(value)).date()
        return self.say("day_form", year=when.year, month=self.messages[f"month_{when.month}"], day=when.day)

    def written(self, value: object, form: Format) -> str:
        """Return a figure as text, or the sign for an absent one."""
        return form(float(str(value))) if known(value) else self.messages["none"]

    def money_text(self, value: object) -> str:
        """Return an amount with its currency, without cents where it is large."""
        return self.written(value, lambda amount: money(amount, self.currency, 0 if abs(amount) >= LARGE else 2))

    def cell(self, value: object, form: Format, **more: Any) -> Cell:
        """Return a cell of a table: the figure as text, and as the number by which the table is sorted."""
        return {"t": self.written(value, form), "v": drawable(value), **more}

    def number(self, value: object, **more: Any) -> Cell:
        """Return a cell with a count."""
        return self.cell(value, number, **more)

    def percent(self, value: object, **more: Any) -> Cell:
        """Return a cell with a share."""
        return self.cell(value, percent, **more)

    def money(self, value: object, **more: Any) -> Cell:
        """Return a cell with an amount in the operator's currency; the head of the column names it."""
        return self.cell(value, lambda amount: decimals(0 if abs(amount) >= LARGE else 2)(amount), **more)

    def interval(self, low: object, high: object, form: Format) -> str:
        """Return an interval as text; empty where it is not known."""
        return (
            f"{self.written(low, form)}{SPACE}\u2013{SPACE}{self.written(high, form)}"
            if known(low) and known(high)
            else ""
        )


def known(value: object) -> bool:
    """Return whether there is a value: neither absent nor not a number."""
    return value is not None and value is not pd.NaT and value is not pd.NA and value == value  # noqa: PLR0124


def drawable(value: object) -> float | int | None:
    """Return a number as the page holds it: whole, or of six digits; None where it is absent."""
    if not known(value):
        return None
    given = float(str(value))
    if not math.isfinite(given):
        return None
    return int(given) if given == int(given) and abs(given) < 1e15 else float(f"{given:.{SIGNIFICANT}g}")  # noqa: PLR2004


def month_of(value: object) -> str:
    """Return the month of a date as it stands on an axis."""
    day: dt.date = pd.Timestamp(str(value)).date()
    return f"{day:%Y-%m}"


def share_text(text: str, code: str) -> str:
    """Return a text with its percent signs as the language sets them: Chinese leaves no space before them."""
    return text.replace(f"{SPACE}%", "%") if code == "zh" else text
