"""One hierarchy of errors. Each says what is wrong, where, what is allowed and the next step, on one line."""

from __future__ import annotations


class SavedeskError(Exception):
    """A mistake that the user can mend.

    Args:
        what: what is wrong.
        where: file, table, column or key in which it is wrong.
        allowed: the values or shapes that would be right; empty when there is nothing to list.
        next_step: what to do now.
    """

    exit_code = 70

    def __init__(self, what: str, *, where: str = "", allowed: str = "", next_step: str = "") -> None:
        """Keep the parts apart, so that a caller can add to one of them."""
        self.what, self.where, self.allowed, self.next_step = what, where, allowed, next_step
        super().__init__(self.line())

    def line(self) -> str:
        """Return the message as one line without control characters."""
        parts = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.allowed:
            parts.append(f"allowed: {self.allowed}")
        if self.next_step:
            parts.append(f"next: {self.next_step}")
        return " ".join("; ".join(parts).split())


class ParamsError(SavedeskError):
    """Wrong usage or a wrong value in params.yaml or source.yaml."""

    exit_code = 2


class DataContractError(SavedeskError):
    """A table breaks its contract beyond the limit."""

    exit_code = 3


class MissingInputError(SavedeskError):
    """A file that a stage needs is not there."""

    exit_code = 4


class ModelSchemaError(SavedeskError):
    """A table does not fit the model that should score it."""

    exit_code = 5


class PolicyError(SavedeskError):
    """No list satisfies the limits of the policy."""

    exit_code = 6


class GateError(SavedeskError):
    """A model did not pass the gate to become champion."""

    exit_code = 7
