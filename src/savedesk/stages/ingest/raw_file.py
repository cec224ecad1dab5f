"""files: of source.yaml: what an operator says about one raw file, or several of one shape."""

from __future__ import annotations

import codecs
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

SUFFIXES = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".parquet": "parquet", ".xlsx": "xlsx"}


# Codecs of Python that are no encodings of a file: names of hosts, escapes of programs.
NO_ENCODINGS = ("idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem")


def _encoding(name: str) -> str:
    try:
        codec = codecs.lookup(name)
        is_text = codec.name not in NO_ENCODINGS and bytes(1).decode(name, "replace") is not None
    except (LookupError, UnicodeError):
        is_text = False
    if not is_text:
        message = f"no encoding {name!r} of files; common ones are utf-8, gb18030, latin-1, cp1252, utf-16, utf-16-le"
        raise ValueError(message)
    return codec.name


def _below_raw(path: str) -> str:
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        message = f"{path!r} must lie below the raw folder: no leading / and no .."
        raise ValueError(message)
    return path


def _as_text(word: Any) -> Any:
    """Return a value of YAML as the text that a file would hold: 0 as 0, a date in ISO, null as null."""
    return "null" if word is None else word if isinstance(word, list | dict) else str(word)


Words = tuple[Annotated[str, BeforeValidator(_as_text)], ...]


class Part(BaseModel):
    """A part of source.yaml: no key that is not known, nothing that changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class RawFile(Part):
    """One raw file, or several of the same shape, that the SQL sees as one relation.

    Args:
        path: location below the raw folder; ``*`` and ``?`` match several files, read in the order of their names.
        format: csv, parquet or xlsx; from the suffix if absent.
        delimiter: character between fields of a csv file; a tab for .tsv.
        quote: quote character of a csv file; empty for none.
        encoding: encoding of a csv file.
        header: column names of a csv or xlsx file whose first line is data already.
        sheet: sheet of an xlsx file, or several of one header, or ``*`` for all that are not hidden; may be absent
            where only one sheet has rows.
        sha256: hash that the one file must have.
        null_values: texts that say that there is no value, in the place of ``cells.NO_VALUE``.
        decimal: sign before the fraction of a number.
        thousands: sign between thousands.
        accounting: whether ``(12.50)`` and ``12.50-`` are below zero, and signs of a currency are left out.
        numbers: columns that the three keys above are about; all that hold numbers if absent.
        optional: columns that some of the files do not have.
        repeated: whether files that are the same to the byte are meant, each with its rows.
    """

    path: Annotated[str, AfterValidator(_below_raw)]
    format: Literal["csv", "parquet", "xlsx"] | None = None
    delimiter: str | None = Field(default=None, pattern=r"^[\x01-\x7f]$")
    quote: str = Field(default='"', pattern=r"^[\x01-\x7f]?$")
    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8"
    header: tuple[str, ...] | None = Field(default=None, min_length=1)
    sheet: str | tuple[str, ...] | None = None
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    null_values: Words | None = None
    decimal: Literal[".", ","] | None = None
    thousands: Literal[",", ".", " ", "'"] | None = None
    accounting: bool = False
    numbers: tuple[str, ...] | None = None
    optional: tuple[str, ...] = ()
    repeated: bool = False

    @model_validator(mode="after")
    def _fits_together(self) -> RawFile:
        if self.format is None and self._suffix not in SUFFIXES:
            message = f"suffix {self._suffix!r} says nothing about the format; add format: csv, parquet or xlsx"
            raise ValueError(message)
        if self.sha256 and self.is_pattern:
            message = "sha256 fits one file, not a pattern"
            raise ValueError(message)
        if self.thousands is not None and self.thousands == (self.decimal or "."):
            message = f"thousands and decimal are both {self.thousands!r}: say which sign is before the fraction"
            raise ValueError(message)
        return self

    @property
    def _suffix(self) -> str:
        return PurePosixPath(self.path.lower().removesuffix(".gz")).suffix

    @property
    def is_pattern(self) -> bool:
        """Whether the path may match several files."""
        return any(sign in self.path for sign in "*?[")

    @property
    def kind(self) -> str:
        """csv, parquet or xlsx."""
        return self.format or SUFFIXES[self._suffix]

    @property
    def sheets(self) -> tuple[str, ...] | None:
        """The sheets to read, ``("*",)`` for all, or None where none is named."""
        return (self.sheet,) if isinstance(self.sheet, str) else self.sheet

    @property
    def says_how_numbers_are_written(self) -> bool:
        """Whether one of the keys about numbers is set, so that nothing needs to be suspected."""
        return self.decimal is not None or self.thousands is not None or self.accounting

    @property
    def separator(self) -> str:
        """The character between two fields."""
        return self.delimiter or ("\t" if self._suffix == ".tsv" else ",")
