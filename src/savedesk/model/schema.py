"""The columns that a model was trained on, and the one way to turn a feature table into its matrix."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from savedesk.errors import ModelSchemaError
from savedesk.model.fitted import BandRates

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
        fitted: how its values follow from another feature; None: the feature table has them.
        low: smallest value of a number in the training rows; a smaller one counts as this one.
        high: largest one. A linear leaf would carry its slope on to where nobody has ever been.
    """

    name: str
    dtype: str
    categories: tuple[str, ...] = ()
    other_share: float = 0.0
    fitted: BandRates | None = None
    low: float = -LARGEST
    high: float = LARGEST

    def clipped(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return numbers within the range of the training rows; missing ones stay missing."""
        return np.clip(values, self.low, self.high)


@dataclass(frozen=True)
class ModelSchema:
    """All columns, in order."""

    columns: tuple[ModelColumn, ...]

    @property
    def names(self) -> list[str]:
        """Names of the columns, in order."""
        return [column.name for column in self.columns]

    @property
    def inputs(self) -> dict[str, str]:
        """Columns of the feature table that the model needs, with their types."""
        own = {c.fitted.source if c.fitted else c.name: c.dtype for c in self.columns}
        return dict(own)

    @property
    def categorical(self) -> list[int]:
        """Positions of the string columns."""
        return [place for place, column in enumerate(self.columns) if column.dtype == "string"]

    def to_json(self) -> list[dict[str, Any]]:
        """Return the columns as plain values."""
        return [
            {"name": c.name, "dtype": c.dtype, "categories": list(c.categories), "other_share": c.other_share}
            | ({"low": c.low, "high": c.high} if c.dtype != "string" else {})
            | ({"fitted": c.fitted.to_json()} if c.fitted else {})
            for c in self.columns
        ]

    @staticmethod
    def from_json(columns: list[dict[str, Any]]) -> ModelSchema:
        """Return the schema that ``to_json`` described."""
        return ModelSchema(
            tuple(
                ModelColumn(
                    c["name"],
                    c["dtype"],
                    tuple(c["categories"]),
                    c["other_share"],
                    BandRates.from_json(c["fitted"]) if "fitted" in c else None,
                    **({} if c["dtype"] == "string" else {"low": c["low"], "high": c["high"]}),
                )
                for c in columns
            )
        )


def learn_schema(
    frame: pd.DataFrame, dtypes: dict[str, str], minimum_rows: int, fitted: Mapping[str, BandRates] | None = None
) -> ModelSchema:
    """Return the schema of the training rows: columns that say something new, categories frequent enough to learn from.

    Args:
        frame: training rows.
        dtypes: feature -> ``float64`` or ``string``, in the order that the matrix shall have.
        minimum_rows: rows that a category needs.
        fitted: fitted features by name; they follow the others.
    """
    rates = dict(fitted or {})
    columns: list[ModelColumn] = []
    seen: dict[int, str] = {}
    for name, dtype in dtypes.items():
        twin = seen.setdefault(int(pd.util.hash_pandas_object(frame[name], index=False).sum()), name)
        if (twin != name and frame[name].equals(frame[twin])) or _is_flat(frame[name]):
            continue
        if dtype != "string":
            given = np.clip(numbers(frame[name]), -LARGEST, LARGEST)
            columns.append(ModelColumn(name, dtype, low=float(np.nanmin(given)), high=float(np.nanmax(given))))
            continue
        counts = frame[name].value_counts()
        # A null character would cut off the SQL that counts new names: such a name is none of the categories.
        use = (counts >= minimum_rows).to_numpy() & np.array(
            ["\0" not in str(value) for value in counts.index], dtype=bool
        )
        kept = sorted(str(value) for value in counts.index[use])
        if kept:
            columns.append(ModelColumn(name, dtype, tuple(kept), float(counts[~use].sum() / len(frame))))
    columns += [
        ModelColumn(name, "float64", fitted=band_rates)
        for name, band_rates in rates.items()
        if len(set(band_rates.rates)) > 1
    ]
    return ModelSchema(tuple(columns))


def _is_flat(values: pd.Series) -> bool:
    """Return whether all values are the same, missing ones among them."""
    return bool((values.isna() if pd.isna(values.iloc[0]) else values == values.iloc[0]).all())


def encode(frame: pd.DataFrame, schema: ModelSchema) -> Matrix:
    """Return the matrix of a feature table, float32, missing as NaN, categories as codes.

    Raises:
        ModelSchemaError: a column is missing or has another type; the difference is named.
    """
    _refuse(frame, schema)
    frame = with_fitted(frame, schema)
    matrix = np.empty((len(frame), len(schema.columns)), dtype=np.float32)
    for place, column in enumerate(schema.columns):
        if column.dtype == "string":
            codes = pd.Categorical(frame[column.name], categories=list(column.categories)).codes.astype(np.float32)
            matrix[:, place] = np.where(codes < 0, np.nan, codes)
        else:
            matrix[:, place] = column.clipped(numbers(frame[column.name]))
    return matrix


def data_hashes(frame: pd.DataFrame, schema: ModelSchema) -> list[str]:
    """Return for each row the hash of the features that the model reads, as they are in the table.

    Numbers are hashed by their 8 bytes (missing as one NaN), names as text; which columns there are counts too.
    """
    names = [name for name, dtype in schema.inputs.items() if dtype != "string"]
    texts = [name for name, dtype in schema.inputs.items() if dtype == "string"]
    given = np.array([numbers(frame[name]) for name in names], dtype="<f8").reshape(len(names), len(frame)).T + 0.0
    given[np.isnan(given)] = np.nan
    words = frame[texts].astype(object).where(frame[texts].notna(), None).itertuples(index=False, name=None)
    head = hashlib.sha256("\x00".join([*names, *texts]).encode())
    hashes = []
    for row, spoken in zip(np.ascontiguousarray(given), words, strict=True):
        own = head.copy()
        own.update(row.tobytes())
        own.update(repr(spoken).encode())
        hashes.append(own.hexdigest()[:16])
    return hashes


def with_fitted(frame: pd.DataFrame, schema: ModelSchema) -> pd.DataFrame:
    """Return the feature table with the model's fitted features beside its own columns."""
    fitted = {c.name: c.fitted for c in schema.columns if c.fitted}
    return frame.assign(**{name: rates.of(numbers(frame[rates.source])) for name, rates in fitted.items()})


def numbers(values: pd.Series) -> npt.NDArray[np.float64]:
    """Return a column of the feature table as floats, missing as NaN."""
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def differences(given: Mapping[str, str], schema: ModelSchema) -> list[str]:
    """Return what a feature table lacks for the model, and what it has of another type, in words.

    Args:
        given: its columns with their types: ``string``, or the name of a type of numbers; empty where no row has a
            value, which is missing and not wrong.
        schema: of the model.
    """
    lacking = [f"column {name!r} is missing" for name in schema.inputs if name not in given]
    wrong = [
        f"column {name!r} is {given[name]}, the model was trained on {dtype}"
        for name, dtype in schema.inputs.items()
        if given.get(name) and (dtype == "string") != (given[name] == "string")
    ]
    return lacking + wrong


def require_fit(mismatches: Sequence[str], allowed: str = "", next_step: str = "") -> None:
    """Check that nothing was found in which a feature table differs from the model.

    Raises:
        ModelSchemaError: the first difference, and the number of others.
    """
    if mismatches:
        others = f" (and {len(mismatches) - 1} more differences)" if len(mismatches) > 1 else ""
        raise ModelSchemaError(
            f"{mismatches[0]}{others}",
            where="data/features",
            allowed=allowed,
            next_step=next_step or "run `dvc repro` so that the model is trained on the same features",
        )


def _refuse(frame: pd.DataFrame, schema: ModelSchema) -> None:
    kinds = {name: _kind(frame[name]) for name in schema.inputs if name in frame}
    require_fit(differences(kinds, schema))


def _kind(values: pd.Series) -> str:
    if values.isna().all():
        return ""
    return str(values.dtype) if pd.api.types.is_numeric_dtype(values) else "string"
