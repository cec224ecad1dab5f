"""Whether the quotes of a csv file add up, so that a line break inside a quoted field can be believed."""

from __future__ import annotations

import numpy as np

from savedesk.stages.ingest.transcode import Utf8Stream

_BLOCK = 1 << 22


def quotes_add_up(stream: Utf8Stream, separator: str, quote: str) -> bool:
    """Return whether every quote opens a field, closes one, or is doubled inside one (RFC 4180).

    Counting quotes from the start, the odd ones open and the even ones close; a doubled quote closes and opens at
    once. So every opening quote must follow a separator, a line end or a quote, every closing one must precede one of
    these, and their number must be even. A stray quote breaks this, and what follows it may have been read as one
    field.
    """
    mark = ord(quote)
    border = np.zeros(256, dtype=bool)
    border[[ord(separator), ord("\r"), ord("\n"), mark]] = True
    count, before = 0, b"\n"
    block = stream.read(_BLOCK)
    while block:
        following = stream.read(_BLOCK)
        around = np.frombuffer(before + block + (following[:1] or b"\n"), dtype=np.uint8)
        places = np.flatnonzero(around[1:-1] == mark)
        opens = (np.arange(len(places)) + count) % 2 == 0
        if not (border[around[places[opens]]].all() and border[around[places[~opens] + 2]].all()):
            return False
        count, before, block = count + len(places), block[-1:], following
    return count % 2 == 0
