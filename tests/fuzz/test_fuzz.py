"""Whatever a file holds, the answer is a result that adds up, or one line with a documented exit code.

``SAVEDESK_FUZZ=5000`` (``make fuzz``) tries as many inputs; ``SAVEDESK_FUZZ_SEED`` draws others. What fails is named
with its seed, so that it can be tried again: ``SAVEDESK_FUZZ_SEED=<seed> SAVEDESK_FUZZ=1``.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from savedesk.cli.ending import end_of
from savedesk.operations.outcomes.sheet import read_sheet
from savedesk.operations.promote.ledger import LEDGER, NEEDED, read_ledger
from savedesk.params.load import load_params
from tests.desk import Desk, ingest_params, run_stage
from tests.fuzz.mutations import mutated
from tests.project import ROOT

COUNT = int(os.environ.get("SAVEDESK_FUZZ", "42"))
SEED = int(os.environ.get("SAVEDESK_FUZZ_SEED", "1"))
DOCUMENTED = {2, 3, 4, 5, 6, 7, 8}
ROWS = [["id", "place", "born"], *[[f"s{k}", ("North", "South")[k % 2], str(1950 + k)] for k in range(20)]]
CSV = "\n".join(",".join(row) for row in ROWS).encode()
SELECT = b"SELECT id AS subscriber_id, place AS region, born AS birth_year FROM people WHERE id IS NOT NULL\n"
OUTCOMES = b'subscriber_id,contacted_on,outcome,note\ns1,2026-01-05,declined,"a note"\ns2,2026-01-06,accepted,\n'


def workbook() -> bytes:
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in ROWS:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


def parquet() -> bytes:
    content = io.BytesIO()
    columns = zip(*ROWS[1:], strict=True)
    pq.write_table(pa.table(dict(zip(ROWS[0], map(list, columns), strict=True))), content)
    return content.getvalue()


def ingested(desk: Desk) -> None:
    """Run ingest, and hold its rows against each other."""
    outcome = desk.run()
    figures = outcome.metrics
    parts = sum(figures[f"subscribers_{part}"] for part in ("accepted", "repaired", "quarantined"))
    assert figures["subscribers_in"] == parts
    assert len(outcome.tables["subscribers"]) == figures["subscribers_accepted"] + figures["subscribers_repaired"]


def of_raw(file: str) -> Callable[[Path, bytes], None]:
    def tried(root: Path, content: bytes) -> None:
        desk = Desk(root)
        desk.source["files"] = {}
        desk.raw(file, content)
        desk.sql("subscribers", SELECT.decode())
        ingested(desk)

    return tried


def of_sql(root: Path, content: bytes) -> None:
    desk = Desk(root)
    desk.raw("people.csv", CSV)
    (desk.folder / "subscribers.sql").write_bytes(content)
    ingested(desk)


def of_source_yaml(root: Path, content: bytes) -> None:
    desk = Desk(root)
    desk.raw("people.csv", CSV)
    desk.sql("subscribers", SELECT.decode())
    desk.run()
    (desk.folder / "source.yaml").write_bytes(content)
    run_stage(root, "mine", ingest_params(**desk.limits))


def of_params(root: Path, content: bytes) -> None:
    shutil.copytree(ROOT / "params", root / "params")
    (root / "data").mkdir()
    (root / "data" / "sources").symlink_to(ROOT / "data" / "sources")
    (root / "params.yaml").write_bytes(content)
    load_params(root)


def of_outcomes(root: Path, content: bytes) -> None:
    (root / "outcomes.csv").write_bytes(content)
    read_sheet(root / "outcomes.csv")


def of_ledger(root: Path, content: bytes) -> None:
    (root / LEDGER).parent.mkdir(parents=True)
    (root / LEDGER).write_bytes(content)
    read_ledger(root)


SOURCE_YAML = yaml.safe_dump(
    {
        "title": "Mine",
        "kind": "dated",
        "origin": "here",
        "licence": "none",
        "currency": "EUR",
        "extracted_on": "2026-01-31",
        "files": {"people": {"path": "people.csv", "encoding": "utf-8", "null_values": ["none"]}},
    }
).encode()
LEDGER_LINE = ("{" + ", ".join(f'"{name}": "x"' for name in NEEDED) + "}\n").encode()
TARGETS: Mapping[str, tuple[Callable[[], bytes], Callable[[Path, bytes], None]]] = {
    "csv": (lambda: CSV, of_raw("people.csv")),
    "xlsx": (workbook, of_raw("people.xlsx")),
    "parquet": (parquet, of_raw("people.parquet")),
    "sql": (lambda: SELECT, of_sql),
    "source.yaml": (lambda: SOURCE_YAML, of_source_yaml),
    "params.yaml": ((ROOT / "params.yaml").read_bytes, of_params),
    "outcomes": (lambda: OUTCOMES, of_outcomes),
    "ledger": (lambda: LEDGER_LINE * 3, of_ledger),
}


@pytest.mark.parametrize("kind", TARGETS)
def test_whatever_a_file_holds(kind: str, tmp_path: Path) -> None:
    whole, tried = TARGETS[kind]
    content, wrong = whole(), []
    for seed in range(SEED, SEED + max(COUNT // len(TARGETS), 1)):
        root = tmp_path / str(seed)
        root.mkdir()
        try:
            tried(root, mutated(content, Random(seed)))  # noqa: S311 - a test's own draw
        except Exception as error:  # noqa: BLE001 - this is what is looked at
            line, code = end_of(error, root)
            if code not in DOCUMENTED or "\n" in line or not line.isprintable():
                wrong.append(f"{kind}, seed {seed}: {code}: {line}\n{type(error).__name__}")
        shutil.rmtree(root)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("kind", TARGETS)
def test_a_file_that_nothing_was_done_to(kind: str, tmp_path: Path) -> None:
    whole, tried = TARGETS[kind]
    tried(tmp_path, whole())
