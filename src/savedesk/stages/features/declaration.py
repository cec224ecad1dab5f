"""How a feature is declared: once, with everything that anybody needs to know of it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Literal

Basis = Literal[
    "subscriber",
    "usage",
    "bills",
    "payments",
    "complaints",
    "plan_changes",
    "contacts",
    "surveys",
    "status_changes",
    "plan_fit",
    "region",
    "account",
]
ROWS_OF_EVENTS: frozenset[str] = frozenset(
    {"payments", "complaints", "plan_changes", "contacts", "surveys", "status_changes"}
)
Expression = Callable[[Any], Any]


@dataclass(frozen=True)
class Feature:
    """One column of the feature table.

    Args:
        name: column name.
        basis: the table of known facts that its expression is given. One row a subscriber, or several where the basis
            is in ``ROWS_OF_EVENTS``: then the expression is an aggregate.
        unit: unit of the value.
        window: how far it looks back.
        meaning: what a value says.
        empty: value where there are no facts; None leaves it missing.
        direction: 1 where risk is known to rise with it, -1 where it falls, 0 where that is unknown.
        reason: the reason that it speaks for; None where nobody can act on it.
        speaks: smallest and largest value of which the sentence makes sense.
        sentence_en: what an agent reads; ``{value}`` stands for the value, and after a colon comes its format: one of
            Python's, ``abs`` before it for no sign, or a noun for a count: ``{value:bill/bills}``. The name of another
            feature stands for its value; what stands in ``[ ]`` is left out where one of its values is not known.
        dtype: type of the column.
        expression: Ibis table of the basis -> Ibis column or aggregate.
        fitted_from: the feature whose bands it gives the churn rate of. Such a feature is fitted on training rows and
            stored with the model (``model/fitted.py``); its expression gives the feature that it is fitted from.
        may_be_unknown: whether the expression is missing where the events leave the value unknown. Then only who has no
            event has the empty value.
        translations: the sentence by language, where neither this declaration nor ``locales`` has it: an attribute's
            source says it.
    """

    name: str
    basis: Basis
    unit: str | None
    window: str
    meaning: str
    empty: float | None
    direction: int
    reason: str | None
    speaks: tuple[float | None, float | None]
    sentence_en: str | None
    dtype: Literal["float64", "string"]
    expression: Expression
    fitted_from: str | None = None
    may_be_unknown: bool = False
    translations: Mapping[str, str | None] = field(default_factory=dict, hash=False)


def feature(
    basis: Basis,
    *,
    unit: str,
    window: str = "all known",
    empty: float | None = None,
    direction: int = 0,
    reason: str | None = None,
    speaks: tuple[float | None, float | None] = (None, None),
    en: str | None = None,
    dtype: Literal["float64", "string"] = "float64",
    fitted_from: str | None = None,
    may_be_unknown: bool = False,
) -> Callable[[Expression], Feature]:
    """Declare the decorated function as a feature. Its name is the column's, its docstring the meaning.

    Its sentence stands here in English; ``locales`` has it in other languages, by the feature's name.
    """

    def declare(expression: Expression) -> Feature:
        meaning = " ".join((expression.__doc__ or "").split())
        return Feature(
            expression.__name__,
            basis,
            unit,
            window,
            meaning,
            empty,
            direction,
            reason,
            speaks,
            en,
            dtype,
            expression,
            fitted_from,
            may_be_unknown,
        )

    return declare


def declared_in(family: ModuleType) -> list[Feature]:
    """Return the features that a family declares, in the order in which they stand there.

    Args:
        family: a module, or a package whose modules count in the order of their names.
    """
    names = sorted(part.name for part in pkgutil.iter_modules(getattr(family, "__path__", [])))
    parts = [importlib.import_module(f"{family.__name__}.{name}") for name in names] or [family]
    return [value for part in parts for value in vars(part).values() if isinstance(value, Feature)]


def features_of(family: ModuleType) -> list[Feature]:
    """Return those of them that are columns of the feature table: all but the fitted ones."""
    return [declared for declared in declared_in(family) if declared.fitted_from is None]
