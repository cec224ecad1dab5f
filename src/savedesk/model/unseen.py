"""Names that a model has no category for, counted where the data lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis

from savedesk.model.schema import ModelColumn, ModelSchema

SHOWN = 5  # of the commonest new names
LONGEST = 40  # characters of a name that are told


@dataclass(frozen=True)
class Unseen:
    """The names of one string column that the model has no category for.

    Args:
        feature: the column.
        rows: rows with such a name.
        share: of all rows.
        share_in_training: share of the training rows with a name too rare for a category.
        commonest: the most frequent of these names with their rows.
    """

    feature: str
    rows: int
    share: float
    share_in_training: float
    commonest: tuple[tuple[str, int], ...]

    @property
    def excess(self) -> float:
        """By how much the share exceeds that in training."""
        return max(0.0, self.share - self.share_in_training)

    @property
    def words(self) -> str:
        """The commonest names with their rows."""
        return ", ".join(f"{_on_one_line(name)} ({rows:,})" for name, rows in self.commonest)


def _on_one_line(name: str) -> str:
    """Return a name from the data as it may stand in a sentence: short, without breaks and what is not printed."""
    plain = "".join(letter for letter in " ".join(name.split()) if letter.isprintable())
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…"


def unseen_names(table: Any, schema: ModelSchema, named_from: int) -> list[Unseen]:
    """Return what each string column of a table holds that the model has no category for.

    Args:
        table: Ibis table of the rows to score; a column that is not there, or is no text, is left out.
        schema: of the model.
        named_from: rows that a new name needs to be told: a rarer one might be an id.
    """
    columns = [c for c in schema.columns if c.dtype == "string" and table.schema().get(c.name) == ibis.dtype("string")]
    if not columns:
        return []
    new = {f"new_{place}": _is_new(table, column).sum() for place, column in enumerate(columns)}
    counted = table.aggregate(rows=table.count(), **new).to_pyarrow().to_pylist()[0]
    everyone = max(counted["rows"], 1)
    unseen = []
    for place, column in enumerate(columns):
        rows = int(counted[f"new_{place}"] or 0)
        commonest = _commonest(table, column, named_from) if rows else ()
        unseen.append(Unseen(column.name, rows, rows / everyone, column.other_share, commonest))
    return unseen


def _is_new(table: Any, column: ModelColumn) -> Any:
    value = table[column.name]
    return (value.notnull() & ~value.isin(column.categories)).fill_null(False)


def _commonest(table: Any, column: ModelColumn, named_from: int) -> tuple[tuple[str, int], ...]:
    new = table.filter(_is_new(table, column))
    counts = new.group_by(name=new[column.name]).aggregate(rows=new.count())
    counts = counts.filter(counts.rows >= named_from).order_by([ibis.desc("rows"), ibis.asc("name")]).limit(SHOWN)
    return tuple((str(line["name"]), int(line["rows"])) for line in counts.to_pyarrow().to_pylist())
