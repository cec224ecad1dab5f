"""Family attributes: a source's own columns, declared in its source.yaml, passed through as they are."""

from __future__ import annotations

from typing import Any

from savedesk.stages.features.declaration import Feature


def attribute_features(dictionary: Any) -> list[Feature]:
    """Return a feature for each attribute of the source.

    Args:
        dictionary: pandas frame of the contract ``attribute_dictionary``.
    """
    return [_of(row) for row in dictionary.itertuples(index=False)]


def _of(row: Any) -> Feature:
    dtype = "string" if row.dtype == "string" else "float64"
    return Feature(
        name=row.name,
        basis="subscriber",
        unit=_text(row.unit),
        window="snapshot",
        meaning=row.meaning,
        empty=None,
        direction=int(row.direction),
        reason=_text(row.reason),
        speaks=(_number(row.speaks_from), _number(row.speaks_to)),
        sentence_en=_text(row.sentence_en),
        dtype=dtype,  # type: ignore[arg-type]
        expression=lambda table: table[row.name].cast(dtype),
        translations={"zh": _text(row.sentence_zh)},
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    return None if value is None or value != value else float(value)  # noqa: PLR0124 - NaN differs from itself
