"""The one way to print: no text from the data steers the terminal, and no secret is split over two lines."""

from __future__ import annotations

from typing import IO, Any

from rich.console import Console
from rich.text import Text

from savedesk.errors import printable
from savedesk.redact import environment_secrets, redacted


class Terminal(Console):
    """A console whose texts are made printable, and lose their secrets, before they are measured and wrapped."""

    def __init__(self, **settings: Any) -> None:
        """Take the settings of a console; names from the data are no pictures (``:smile:``)."""
        super().__init__(**{"highlight": False, "emoji": False} | settings)
        self._secrets = environment_secrets()

    @property
    def file(self) -> IO[str]:
        """The stream, which lets through the codes for colours and lines that come from here."""
        stream = super().file
        return getattr(stream, "rich_proxied_file", stream)

    @file.setter
    def file(self, stream: IO[str]) -> None:
        self._file = stream

    def on_broken_pipe(self) -> None:
        """Leave it to the command's end that the reader has gone; rich would end in 1 as if something had failed."""
        raise BrokenPipeError

    def render_str(self, text: str, **settings: Any) -> Text:
        """Return a text as it may be shown."""
        return super().render_str(printable(redacted(text, self._secrets)), **settings)


def as_wide(least: int, *, soft_wrap: bool = False) -> Terminal:
    """Return a terminal; what is no terminal is at least so many characters wide, and wraps."""
    terminal = Terminal(soft_wrap=soft_wrap)
    return terminal if terminal.is_terminal else Terminal(width=max(terminal.width, least))
