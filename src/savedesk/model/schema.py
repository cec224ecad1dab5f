"""The columns that a model was trained on, and the one way to turn a feature table into its matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from savedesk.errors import ModelSchemaError

Matrix = npt.NDArray[np.float32]
LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class ModelColumn:
    """One column of the matrix.

    Args:
        name: feature.
        dtype: ``float64`` or ``string``.
        categories: values of a string column in the order of their codes; others count as missing.
        other_share: share of training rows whose value is given but not among the categories (rare values).
    """

    name: str
    dtype: str
    categories: tuple[str, ...] = ()
    other_share: float = 0.0


@dataclass(frozen=True)
class ModelSchema:
    """All columns, in order."""

    columns: tuple[ModelColumn, ...]

    @property
    def names(self) -> list[str]:
        """Names of the columns, in order."""
        return [column.name for column in self.columns]

    @property
    def categorical(self) -> list[int]:
        """Positions of the string columns."""
        return [place for place, column in enumerate(self.columns) if column.dtype == "string"]

    def to_json(self) -> list[dict[str, Any]]:
        """Return the columns as plain values."""
        return [
            {"name": c.name, "dtype": c.dtype, "categories": list(c.categories), "other_share": c.other_share}
            for c in self.columns
        ]

    @staticmethod
    def from_json(columns: list[dict[str, Any]]) -> ModelSchema:
        """Return the schema that ``to_json`` described."""
        return ModelSchema(
            tuple(ModelColumn(c["name"], c["dtype"], tuple(c["categories"]), c["other_share"]) for c in columns)
        )


def learn_schema(frame: pd.DataFrame, dtypes: dict[str, str], minimum_rows: int) -> ModelSchema:
    """Return the schema of the training rows: columns that say something new, categories frequent enough to learn from.

    Args:
        frame: training rows.
        dtypes: feature -> ``float64`` or ``string``, in the order that the matrix shall have.
        minimum_rows: rows that a category needs.
    """
    columns: list[ModelColumn] = []
    seen: dict[int, str] = {}
    for name, dtype in dtypes.items():
        twin = seen.setdefault(int(pd.util.hash_pandas_object(frame[name], index=False).sum()), name)
        if (twin != name and frame[name].equals(frame[twin])) or len(frame[name].drop_duplicates()) <= 1:
            continue
        if dtype != "string":
            columns.append(ModelColumn(name, dtype))
            continue
        counts = frame[name].value_counts()
        kept = sorted(str(value) for value in counts.index[counts >= minimum_rows])
        if kept:
            columns.append(
                ModelColumn(name, dtype, tuple(kept), float(counts[counts < minimum_rows].sum() / len(frame)))
            )
    return ModelSchema(tuple(columns))


def encode(frame: pd.DataFrame, schema: ModelSchema) -> Matrix:
    """Return the matrix of a feature table, float32, missing as NaN, categories as codes.

    Raises:
        ModelSchemaError: a column is missing or has another type; the difference is named.
    """
    _refuse(frame, schema)
    matrix = np.empty((len(frame), len(schema.columns)), dtype=np.float32)
    for place, column in enumerate(schema.columns):
        if column.dtype == "string":
            codes = pd.Categorical(frame[column.name], categories=list(column.categories)).codes.astype(np.float32)
            matrix[:, place] = np.where(codes < 0, np.nan, codes)
        else:
            matrix[:, place] = np.clip(
                frame[column.name].to_numpy(dtype=np.float64, na_value=np.nan), -LARGEST, LARGEST
            )
    return matrix


def unseen_shares(frame: pd.DataFrame, schema: ModelSchema) -> dict[str, float]:
    """Return for each string column by how much the share of values without a category exceeds that in training."""
    shares = {}
    for column in schema.columns:
        if column.dtype == "string":
            values = frame[column.name].dropna()
            unseen = float((~values.isin(list(column.categories))).sum() / max(len(frame), 1))
            shares[column.name] = max(0.0, unseen - column.other_share)
    return shares


def _refuse(frame: pd.DataFrame, schema: ModelSchema) -> None:
    missing = [name for name in schema.names if name not in frame]
    if missing:
        raise ModelSchemaError(
            f"the model needs column {missing[0]!r}" + (f" and {len(missing) - 1} more" if len(missing) > 1 else ""),
            where="data/features",
            next_step="run `dvc repro` so that the model is trained on the same features",
        )
    for column in schema.columns:
        given = frame[column.name]
        if given.isna().all():
            continue
        if (column.dtype == "string") == pd.api.types.is_numeric_dtype(given):
            raise ModelSchemaError(
                f"column {column.name!r} is {given.dtype}, the model was trained on {column.dtype}",
                where="data/features",
                next_step="run `dvc repro` so that the model is trained on the same features",
            )
