"""The operator in parts: each part of the lines is simulated alone, so that memory does not grow with their number."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread

import numpy as np

from savedesk.params.simulator import SimulatorParams
from savedesk.simulator.calendar import first_day, month_number
from savedesk.simulator.ledger import OF_LINES, OF_MARKET, Ledger
from savedesk.simulator.master import write_market
from savedesk.simulator.operator import Operator
from savedesk.simulator.world import World, draw_world

WORLD, LINES = 0, 1  # streams of random numbers
Rows = dict[str, int]


def sizes(params: SimulatorParams) -> list[int]:
    """Return how many lines each chunk keeps on its books; they differ by one at most."""
    count = -(-params.subscribers // params.chunk_subscribers)
    return [len(part) for part in np.array_split(np.empty(params.subscribers), count)]


def simulate_chunks(params: SimulatorParams, folder: Path, workers: int) -> Iterator[Rows]:
    """Write every chunk and yield the rows of each as it is done; with more workers than one, in processes."""
    chunks = range(len(sizes(params)))
    if workers == 1 or len(chunks) == 1:
        yield from (simulate_chunk(params, folder, chunk) for chunk in chunks)
        return
    count, context = min(workers, len(chunks)), get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context, initializer=_end_with_parent) as pool:
        waiting = [pool.submit(simulate_chunk, params, folder, chunk) for chunk in chunks]
        try:
            yield from _as_done(waiting)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _end_with_parent() -> None:
    """Let a worker end when the process that started it is gone, even if that one was killed."""
    Thread(target=_watch_parent, daemon=True).start()


def _watch_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _as_done(waiting: Iterable[Future[Rows]]) -> Iterator[Rows]:
    for done in as_completed(waiting):
        yield done.result()


def simulate_chunk(params: SimulatorParams, folder: Path, chunk: int) -> Rows:
    """Write the tables of one chunk of lines and return their rows."""
    parts, first = sizes(params), month_number(params.first_month)
    end = first + params.months
    ledger = Ledger(OF_LINES, stride=len(parts), offset=chunk)
    operator = Operator(params, the_world(params), _stream(params, LINES, chunk), ledger, parts[chunk])
    for month in range(first - params.burn_in_months, first):
        operator.live(month, writes=False)
    for month in range(first, end):
        if month - first >= params.truth.first_month:
            operator.write_truth(month)
        operator.live(month, writes=True)
    operator.write_truth(end)
    operator.close()
    return ledger.save(folder, _file(chunk), first_day(end))


def write_the_market(params: SimulatorParams, folder: Path) -> Rows:
    """Write the tables that no line owns and return their rows."""
    first, ledger = month_number(params.first_month), Ledger(OF_MARKET)
    end = first + params.months
    write_market(params, the_world(params), first, end, ledger)
    return ledger.save(folder, _file(0), first_day(end))


def the_world(params: SimulatorParams) -> World:
    """Return the market: the same for every chunk, since it comes from a stream of its own."""
    first = month_number(params.first_month) - params.burn_in_months
    return draw_world(params, _stream(params, WORLD, 0), first, params.burn_in_months + params.months)


def _stream(params: SimulatorParams, kind: int, number: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(params.seed, spawn_key=(kind, number)))


def _file(chunk: int) -> str:
    return f"{chunk:05d}.parquet"
