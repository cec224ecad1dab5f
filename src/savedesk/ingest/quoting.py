"""Whether the quotes of a csv file add up, so that a line break inside a quoted field can be believed."""

from __future__ import annotations

from savedesk.ingest.transcode import Utf8Stream

_BLOCK = 1 << 22


def quotes_add_up(stream: Utf8Stream, separator: str, quote: str) -> bool:
    """Return whether every quote opens a field, closes one, or is doubled inside one (RFC 4180).

    Counting quotes from the start, the odd ones open and the even ones close; the doubled quote closes and opens at
    once. So every opening quote must follow a separator, a line end or a quote; every closing one must precede one of
    these; and the count must be even. A stray quote breaks this, and what follows it may have been read as one field.
    """
    opens = {ord(separator[:1]), *b"\r\n", ord(quote)} if separator.isascii() else set()
    before, inside, closing = ord("\n"), False, False
    mark = quote.encode()
    while block := stream.read(_BLOCK):
        if closing and block[0] not in opens:
            return False
        position = block.find(mark)
        while position >= 0:
            previous = block[position - 1] if position else before
            if not inside and previous not in opens:
                return False
            inside = not inside
            following = block[position + 1] if position + 1 < len(block) else None
            if not inside and following is not None and following not in opens:
                return False
            position = block.find(mark, position + 1)
        closing = not inside and block.endswith(mark)
        before = block[-1]
    return not inside
