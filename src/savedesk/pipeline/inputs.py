"""What a stage is given: its tables, its files, its sections of params.yaml, and a way to show progress."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from savedesk.engine.base import Engine
from savedesk.errors import DataContractError, MissingInputError
from savedesk.params.section import Section
from savedesk.schemas.table import Contract, File, Table

SectionT = TypeVar("SectionT", bound=Section)
ItemT = TypeVar("ItemT")


class Progress(Protocol):
    """Shows how far long work has come; silent where there is no terminal."""

    def track(self, items: Iterable[ItemT], label: str, total: int) -> Iterator[ItemT]:
        """Yield the items and move the display on after each."""


def damaged(contract: Contract) -> DataContractError:
    """Return the error for a file that was written whole and is not any more."""
    return DataContractError(
        "damaged: it cannot be read", where=contract.path, next_step=f"run `savedesk {contract.stage}` again"
    )


@dataclass(frozen=True)
class Inputs:
    """Everything a stage may look at. A contract or section that the stage did not declare is refused.

    Args:
        root: project folder.
        engine: open engine.
        reads: contracts that the stage declared in ``READS``.
        sections: sections of params.yaml that it declared in ``SECTIONS``, by name.
        progress: progress display.
        writes: contracts that it declared in ``WRITES``.
        paths: where a contract's file lies, if not at its own path.
    """

    root: Path
    engine: Engine
    reads: Sequence[Contract]
    sections: Mapping[str, Section]
    progress: Progress
    writes: Sequence[Contract] = ()
    paths: Mapping[str, Path] = field(default_factory=dict)

    def path(self, contract: Contract) -> Path:
        """Return where the contract's table or file lies.

        Raises:
            MissingInputError: it has not been written yet.
        """
        if contract not in self.reads:
            message = f"{contract.name} is not among the READS of this stage"
            raise KeyError(message)
        path = self.paths.get(contract.name, self.root / contract.path)
        if not path.exists():
            raise MissingInputError(
                "not there",
                where=contract.path,
                next_step=f"run `savedesk {contract.stage}` or `dvc repro`",
            )
        return path

    def there(self, contract: Contract) -> Path | None:
        """Return where a contract's table or file lies, or None where there is none: nothing has to be."""
        if contract not in self.reads:
            message = f"{contract.name} is not among the READS of this stage"
            raise KeyError(message)
        path = self.paths.get(contract.name, self.root / contract.path)
        return path if path.exists() else None

    def before(self, contract: Contract) -> Path | None:
        """Return where the last run of this stage left an output, or None where there is none."""
        if contract not in self.writes:
            message = f"{contract.name} is not among the WRITES of this stage"
            raise KeyError(message)
        path = self.paths.get(contract.name, self.root / contract.path)
        return path if path.exists() else None

    @property
    def kept(self) -> Path:
        """Folder for work that a later run of the stage may use again. It is no output, and may be gone at any time."""
        return self.root / "data" / ".kept" / self.writes[0].stage

    def table(self, contract: Table) -> Any:
        """Return a table as an Ibis expression.

        Raises:
            MissingInputError: it has not been written yet.
            DataContractError: it cannot be read, or lacks a column.
        """
        path = self.path(contract)
        try:
            table = self.engine.read(contract, path)
        except self.engine.errors as error:
            raise damaged(contract) from error
        if lacking := [name for name in contract.column_names if name not in table.columns]:
            raise DataContractError(
                f"has no column {', '.join(lacking)}: damaged, or written by another version of Savedesk",
                where=contract.path,
                next_step=f"run `savedesk {contract.stage}` again",
            )
        return table

    def frame(self, contract: Table) -> Any:
        """Return a table as a pandas frame, in the order of its key."""
        table = self.table(contract)
        return table.order_by([table[name] for name in contract.key]).to_pandas()

    def text(self, contract: File) -> str:
        """Return a file's text."""
        try:
            return self.path(contract).read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise damaged(contract) from error

    def json(self, contract: File) -> dict[str, Any]:
        """Return a JSON file's object."""
        try:
            loaded = json.loads(self.text(contract))
        except ValueError as error:
            raise damaged(contract) from error
        if not isinstance(loaded, dict):
            raise damaged(contract)
        return loaded

    def section(self, kind: type[SectionT]) -> SectionT:
        """Return the section of params.yaml of that kind."""
        section = self.sections[kind.key]
        assert isinstance(section, kind)  # noqa: S101 - for the type checker; the loader built it
        return section
