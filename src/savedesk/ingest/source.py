"""source.yaml: what an operator says about its data, as a frozen object."""

from __future__ import annotations

import codecs
import datetime as dt
import difflib
import re
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from savedesk.contracts.attributes import DICTIONARY
from savedesk.contracts.reasons import CODES
from savedesk.errors import MissingInputError, ParamsError
from savedesk.params.simulator import SimulatorParams

SOURCE_FILE = "source.yaml"
SUFFIXES = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".parquet": "parquet", ".xlsx": "xlsx"}
NAME = r"^[A-Za-z][A-Za-z0-9_]*$"


def _encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        message = f"no encoding {name!r}; common ones are utf-8, gb18030, latin-1, cp1252, utf-16"
        raise ValueError(message) from None


def _below_raw(path: str) -> str:
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        message = f"{path!r} must lie below the raw folder: no leading / and no .."
        raise ValueError(message)
    return path


def _known_family(family: str) -> str:
    allowed = DICTIONARY.column("family").allowed
    if family not in allowed:
        message = f"unknown family {family!r}; {_nearest(family, allowed)}; allowed: {', '.join(allowed)}"
        raise ValueError(message)
    return family


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class RawFile(_Part):
    """One raw file, or several of the same shape, that the SQL sees as one relation.

    Args:
        path: location below the raw folder; ``*`` and ``?`` match several files, read in the order of their names.
        format: csv, parquet or xlsx; from the suffix if absent.
        delimiter: character between fields of a csv file; a tab for .tsv.
        quote: quote character of a csv file; empty for none.
        encoding: encoding of a csv file.
        header: column names of a csv or xlsx file whose first line is data already.
        sheet: sheet of an xlsx file; the first if absent.
        sha256: hash that the one file must have.
    """

    path: Annotated[str, AfterValidator(_below_raw)]
    format: Literal["csv", "parquet", "xlsx"] | None = None
    delimiter: str | None = Field(default=None, pattern=r"^[\x01-\x7f]$")
    quote: str = Field(default='"', pattern=r"^[\x01-\x7f]?$")
    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8"
    header: tuple[str, ...] | None = Field(default=None, min_length=1)
    sheet: str | None = None
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")

    @model_validator(mode="after")
    def _fits_together(self) -> RawFile:
        if self.format is None and self._suffix not in SUFFIXES:
            message = f"suffix {self._suffix!r} says nothing about the format; add format: csv, parquet or xlsx"
            raise ValueError(message)
        if self.sha256 and self.is_pattern:
            message = "sha256 fits one file, not a pattern"
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
    def separator(self) -> str:
        """The character between two fields."""
        return self.delimiter or ("\t" if self._suffix == ".tsv" else ",")


class Attribute(_Part):
    """Declaration of one column of attributes.sql; it becomes a row of the attribute dictionary, which see."""

    dtype: Literal["string", "int64", "float64", "boolean"]
    family: Annotated[str, AfterValidator(_known_family)]
    meaning: str = Field(min_length=1)
    unit: str | None = None
    direction: Literal[-1, 0, 1] = 0
    reason: str | None = None
    speaks_from: float | None = None
    speaks_to: float | None = None
    sentence_en: str | None = None
    sentence_zh: str | None = None

    @model_validator(mode="after")
    def _speaks_if_it_has_a_reason(self) -> Attribute:
        given = {bool(self.reason), bool(self.sentence_en), bool(self.sentence_zh)}
        if len(given) > 1:
            message = "reason, sentence_en and sentence_zh belong together: give all three, or none"
            raise ValueError(message)
        for sentence in (self.sentence_en, self.sentence_zh):
            if sentence and set(re.findall(r"\{[^}]*\}?", sentence)) - {"{value}"}:
                message = f"{sentence!r} may hold {{value}} and no other braces"
                raise ValueError(message)
        return self


YEARS = (1901, 2199)  # between which a source may be dated: windows reach years back and ahead

RelationName = Annotated[str, Field(pattern=NAME)]
AttributeName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Source(_Part):
    """An operator's data: where it comes from, what it lacks, its raw files and its attributes.

    Args:
        kind: ``dated`` (events and months with dates), ``snapshot`` (one table with given labels) or ``simulated``.
        as_of: the day of a snapshot, a month start; a label, nothing is reckoned from a calendar.
        extracted_on: the day on which the data was taken: no fact lies after it. If absent: the as_of of a snapshot,
            the day after the last simulated month, else today.
        lacks: what the source does not have, in words, for the report.
    """

    title: str = Field(min_length=1)
    kind: Literal["simulated", "dated", "snapshot"]
    origin: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    currency: str = Field(min_length=1)
    as_of: dt.date | None = None
    extracted_on: dt.date | None = None
    lacks: tuple[str, ...] = ()
    files: dict[RelationName, RawFile] = Field(default_factory=dict)
    attributes: dict[AttributeName, Attribute] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Source:
        problems = {
            "a snapshot needs as_of: the first day of a month": self.kind == "snapshot"
            and (self.as_of is None or self.as_of.day != 1),
            "as_of is for kind: snapshot only": self.kind != "snapshot" and self.as_of is not None,
            "kind: simulated has no files": self.kind == "simulated" and bool(self.files),
            "extracted_on of a simulated source follows from simulator.months": self.kind == "simulated"
            and bool(self.extracted_on),
            "files is empty: name at least one raw file": self.kind != "simulated" and not self.files,
            "subscriber_id is the key of attributes, not an attribute": "subscriber_id" in self.attributes,
            f"as_of and extracted_on must lie between {YEARS[0]} and {YEARS[1]}": any(
                day is not None and not YEARS[0] <= day.year <= YEARS[1] for day in (self.as_of, self.extracted_on)
            ),
        }
        for message, wrong in problems.items():
            if wrong:
                raise ValueError(message)
        names = [name.lower() for name in self.files]
        if len(set(names)) < len(names):
            message = "two relations differ in case only"
            raise ValueError(message)
        return self

    def latest(self, simulator: SimulatorParams, today: dt.date) -> dt.date:
        """Return the day after which no fact may lie."""
        if self.kind == "simulated":
            months = simulator.first_month.month - 1 + simulator.months
            return dt.date(simulator.first_month.year + months // 12, months % 12 + 1, 1)
        return self.extracted_on or self.as_of or today


def load_source(folder: Path) -> Source:
    """Return the declaration in a source folder.

    Raises:
        MissingInputError: no source.yaml.
        ParamsError: not YAML, an unknown or missing key, a wrong value, or an unknown reason.
    """
    path = folder / SOURCE_FILE
    where = f"data/sources/{folder.name}/{SOURCE_FILE}"
    if not path.is_file():
        raise MissingInputError("not there", where=where, next_step="write it as docs/connect.md says")
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
        source = Source.model_validate(loaded if loaded is not None else {})
    except ValidationError as error:
        raise _explained(error, where) from error
    except (yaml.YAMLError, ValueError) as error:  # an impossible date is a ValueError
        raise ParamsError(f"not readable as YAML: {error}", where=where, next_step="mend the line named") from error
    for name, attribute in source.attributes.items():
        if attribute.reason is not None and attribute.reason not in CODES:
            raise ParamsError(
                f"unknown reason {attribute.reason!r}",
                where=f"{where}: attributes.{name}.reason",
                allowed=", ".join(CODES),
                next_step=_nearest(attribute.reason, list(CODES)),
            )
    return source


def _explained(error: ValidationError, where: str) -> ParamsError:
    every = error.errors(include_url=False)
    # A key with a typo is one too many and one too few: the former says more.
    first = next((one for one in every if one["type"] == "extra_forbidden"), every[0])
    keys = [str(part) for part in first["loc"] if part != "[key]"]
    place = f"{where}: {'.'.join(keys)}" if keys else where
    if first["type"] == "extra_forbidden":
        known = sorted(_model_at(keys[:-1]).model_fields)
        return ParamsError("unknown key", where=place, allowed=", ".join(known), next_step=_nearest(keys[-1], known))
    if first["type"] == "model_type":
        return ParamsError("not a mapping of keys to values", where=place, next_step="see docs/connect.md")
    value: Any = first.get("input")
    if first["type"].startswith("date_"):
        said, step = f"no date: {str(value)[:60]!r}", "write it in that order"
        return ParamsError(said, where=place, allowed="YYYY-MM-DD, such as 2025-11-01", next_step=step)
    message = first["msg"].removeprefix("Value error, ")
    plain = isinstance(value, str | int | float) and first["type"] != "value_error"
    shown = f", not {str(value)[:60]!r}" if plain else ""
    return ParamsError(
        f"{message[:1].lower()}{message[1:]}{shown}", where=place, next_step="mend it; docs/connect.md lists every key"
    )


def _model_at(keys: list[str]) -> type[BaseModel]:
    inner: dict[str, type[BaseModel]] = {"files": RawFile, "attributes": Attribute}
    return inner.get(keys[0], Source) if keys else Source


def _nearest(key: str, known: list[str] | tuple[str, ...]) -> str:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else "remove it or choose one that is allowed"
