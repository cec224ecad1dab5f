"""source.yaml: what an operator says about its data, as a frozen object."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, Field, ValidationError, model_validator

from savedesk.errors import MissingInputError, ParamsError
from savedesk.params.secrets import refuse_secrets, without_text
from savedesk.params.simulator import SimulatorParams
from savedesk.schemas.reasons import CODES
from savedesk.stages.ingest.attribute import Attribute
from savedesk.stages.ingest.cells import CONTROLS
from savedesk.stages.ingest.raw_file import Part, RawFile, Words
from savedesk.stages.ingest.wrong_key import explained, nearest

SOURCE_FILE = "source.yaml"
NAME = r"^[A-Za-z][A-Za-z0-9_]*$"
YEARS = (1901, 2199)  # between which a source may be dated: windows reach years back and ahead

RelationName = Annotated[str, Field(pattern=NAME)]
AttributeName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
ColumnName = Annotated[str, Field(pattern=r"^([a-z_]+\.)?[a-z][a-z0-9_]*$")]


def _zone(name: str) -> str:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        message = f"no time zone {name!r}; they are named after places, such as Europe/Berlin, Asia/Shanghai, or UTC"
        raise ValueError(message) from None
    return name


def _printable(text: str) -> str:
    if re.search(CONTROLS, text):
        message = "a text with control characters; write it anew"
        raise ValueError(message)
    return text


Said = Annotated[str, Field(min_length=1), AfterValidator(_printable)]


class Source(Part):
    """An operator's data: where it comes from, what it lacks, its raw files and its attributes.

    Args:
        kind: ``dated`` (events and months with dates), ``snapshot`` (one table with given labels) or ``simulated``.
        as_of: the day of a snapshot, a month start; a label, nothing is reckoned from a calendar.
        extracted_on: the day on which the data was taken: no fact lies after it. If absent: the as_of of a snapshot,
            the day after the last simulated month, else today.
        timezone: where the operator's days begin and end; timestamps with a zone or an offset are read in it.
        absent: by column of a canonical table (or ``table.column``) the values that say that there is none, instead of
            those that say so by default.
        lacks: what the source does not have, in words, for the report.
        follow_links: whether raw files may be links that lead out of the raw folder.
    """

    title: Said
    kind: Literal["simulated", "dated", "snapshot"]
    origin: Said
    licence: Said
    currency: Said
    as_of: dt.date | None = None
    extracted_on: dt.date | None = None
    timezone: Annotated[str, AfterValidator(_zone)] | None = None
    absent: dict[ColumnName, Words] = Field(default_factory=dict)
    lacks: tuple[Said, ...] = ()
    follow_links: bool = False
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

    def latest(self, simulator: SimulatorParams | None, today: dt.date) -> dt.date:
        """Return the day after which no fact may lie."""
        if simulator is not None:
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
        if isinstance(loaded, dict):
            refuse_secrets(loaded, where)
        source = Source.model_validate(loaded if loaded is not None else {})
    except ValidationError as error:
        raise explained(error, where, {"": Source, "files": RawFile, "attributes": Attribute}) from error
    except RecursionError as error:
        raise ParamsError("nested too deeply", where=where, next_step="write it as docs/connect.md says") from error
    except (yaml.YAMLError, ValueError) as error:  # an impossible date is a ValueError
        raise ParamsError(
            f"not readable as YAML: {without_text(error)}", where=where, next_step="mend the line named"
        ) from error
    tomorrow = dt.datetime.now(tz=dt.UTC).date() + dt.timedelta(days=1)  # somewhere it is tomorrow already
    if source.extracted_on is not None and source.extracted_on > tomorrow:
        raise ParamsError(
            f"{source.extracted_on} has not come yet",
            where=f"{where}: extracted_on",
            allowed=f"days until {tomorrow}",
            next_step="give the day on which the data were taken",
        )
    for name, attribute in source.attributes.items():
        if attribute.reason is not None and attribute.reason not in CODES:
            raise ParamsError(
                f"unknown reason {attribute.reason!r}",
                where=f"{where}: attributes.{name}.reason",
                allowed=", ".join(CODES),
                next_step=nearest(attribute.reason, list(CODES)),
            )
    return source


def zone_of(root: Path, name: str) -> str | None:
    """Return the time zone of a source as its source.yaml says it, whatever else is wrong there."""
    path = root / "data" / "sources" / name / SOURCE_FILE
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
        return _zone(str(said["timezone"])) if isinstance(said, dict) and said.get("timezone") else None
    except (OSError, ValueError, yaml.YAMLError):
        return None


__all__ = ["SOURCE_FILE", "Attribute", "RawFile", "Source", "load_source", "zone_of"]
