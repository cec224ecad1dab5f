"""The reader of a pipe that has gone is no failure of the command."""

from __future__ import annotations

import io

import pytest

from savedesk.pipeline.terminal import Terminal


class Gone(io.StringIO):
    def write(self, text: str) -> int:  # noqa: ARG002 - nobody reads it
        raise BrokenPipeError


def test_a_terminal_leaves_a_broken_pipe_to_the_end_of_the_command() -> None:
    with pytest.raises(BrokenPipeError):
        Terminal(file=Gone()).print("a line")
