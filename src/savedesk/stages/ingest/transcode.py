"""Text of any encoding as valid UTF-8 that still shows which bytes were no text in that encoding."""

from __future__ import annotations

import codecs
import gzip
import re
from pathlib import Path
from typing import BinaryIO, cast

# A byte that cannot be decoded becomes the private-use character MARK + byte. No text uses the end of plane 16.
MARK = 0x10FE00
MARKED = "[\U0010fe00-\U0010feff]"
_MARKED_BYTES = tuple(chr(MARK + 64 * part).encode("utf-8")[:3] for part in range(4))
_HANDLER = "savedesk.mark"


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - the handler is only ever used for decoding
    return "".join(chr(MARK + byte) for byte in error.object[error.start : error.end]), error.end


class Utf8Stream:
    """A readable binary stream of UTF-8 without byte order mark, whatever the file's own encoding is."""

    def __init__(self, raw: BinaryIO, encoding: str) -> None:
        """Wrap an open file, which is closed with the stream."""
        codecs.register_error(_HANDLER, _mark)
        self._raw = raw
        self._decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)(_HANDLER)
        self._left = b""
        self.marked = False  # whether a byte met so far was no text
        self.last = ""  # character met last
        self.closed = False

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, and none only at the end."""
        while len(self._left) < size:
            chunk = self._raw.read(size)
            decoded = self._decoder.decode(chunk, final=not chunk)
            self.last = decoded[-1:] or self.last
            text = decoded.encode("utf-8")
            self.marked = self.marked or any(sign in text for sign in _MARKED_BYTES)
            self._left += text
            if not chunk:
                break
        given, self._left = self._left[:size], self._left[size:]
        return given

    def readable(self) -> bool:
        """Return true: the stream can be read."""
        return True

    def close(self) -> None:
        """Close the file."""
        self._raw.close()
        self.closed = True


def open_utf8(path: Path, encoding: str) -> Utf8Stream:
    """Open a text file, unpacked if its name ends in .gz."""
    if path.suffix.lower() == ".gz":
        return Utf8Stream(cast("BinaryIO", gzip.GzipFile(path)), encoding)
    return Utf8Stream(path.open("rb"), encoding)


def shown(text: str) -> str:
    r"""Return text in which each byte that could not be decoded reads ``\xNN``."""
    return re.sub(MARKED, lambda match: f"\\x{ord(match.group()) - MARK:02x}", text)
