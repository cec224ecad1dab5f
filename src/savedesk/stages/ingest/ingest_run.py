"""One run of the stage: what it works with, and what it has so far."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from savedesk.engine.base import Engine
from savedesk.params.ingest import IngestParams
from savedesk.pipeline.inputs import Inputs
from savedesk.schemas import renamed_ids
from savedesk.stages.ingest.doubts import Sampled
from savedesk.stages.ingest.identity.lost_renames import LostRenames
from savedesk.stages.ingest.identity.owners import FormerOwners
from savedesk.stages.ingest.identity.renamed import Renames
from savedesk.stages.ingest.raw import Relation
from savedesk.stages.ingest.source import Source
from savedesk.stages.ingest.validation import Validated


@dataclass
class IngestRun:
    """One run of the stage: what it works with and what it has made so far."""

    inputs: Inputs
    name: str
    source: Source
    latest: dt.date
    relations: list[Relation] = field(default_factory=list)
    validated: list[Validated] = field(default_factory=list)
    tables: dict[str, Any] = field(default_factory=dict)
    quarantined: list[Any] = field(default_factory=list)
    repaired: list[Any] = field(default_factory=list)
    unknown: list[Any] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)
    renames: Renames | None = None
    lost_renames: LostRenames | None = None
    owners: FormerOwners = field(default_factory=FormerOwners)
    hidden: Path | None = None
    notes: list[str] = field(default_factory=list)
    sampled: list[Sampled] = field(default_factory=list)

    def renames_touched(self) -> dict[tuple[str, str], int]:
        """Return of how many new ids something is unknown since their renaming was turned away, by table and rule."""
        touched = {} if self.lost_renames is None else self.lost_renames.touched
        return {(renamed_ids.TABLE.name, rule): ids for rule, ids in touched.items()}

    def tell(self, said: tuple[list[str], list[str]]) -> None:
        """Keep warnings and notes."""
        self.warnings += said[0]
        self.notes += said[1]

    @property
    def selects(self) -> dict[str, str]:
        """The text of each SELECT by the name of its file without ``.sql``."""
        files = sorted(self.folder.glob("*.sql"))
        return {path.name.removesuffix(".sql"): path.read_text(encoding="utf-8", errors="replace") for path in files}

    @property
    def sql(self) -> str:
        """The text of all SELECTs."""
        return "\n".join(self.selects.values())

    @property
    def engine(self) -> Engine:
        """Where the tables are."""
        return self.inputs.engine

    @property
    def params(self) -> IngestParams:
        """Section ``ingest``."""
        return self.inputs.section(IngestParams)

    @property
    def folder(self) -> Path:
        """The source folder."""
        return self.inputs.root / "data" / "sources" / self.name

    def where(self, file: str) -> str:
        """Return how messages name a file of the source folder."""
        return f"data/sources/{self.name}/{file}"
