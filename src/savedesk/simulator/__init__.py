"""The simulated operator: every canonical table of an operator that never was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from savedesk.params.simulator import SimulatorParams
from savedesk.simulator.chunks import simulate_chunks, sizes, write_the_market


def simulate(params: SimulatorParams, folder: Path, workers: int = 1) -> Iterator[dict[str, int]]:
    """Write the canonical tables as ``folder/<table>/<chunk>.parquet`` and yield the rows of each part as it is done.

    The same section gives the same bytes, on any number of workers. Memory grows with ``chunk_subscribers``, not with
    ``subscribers``.

    Args:
        params: section ``simulator``.
        folder: an empty folder.
        workers: processes.
    """
    yield write_the_market(params, folder)
    yield from simulate_chunks(params, folder, workers)


def parts(params: SimulatorParams) -> int:
    """Return how many parts ``simulate`` yields."""
    return 1 + len(sizes(params))
