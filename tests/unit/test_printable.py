"""Signs that steer a terminal or break a page do not leave, though an older version let them in."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from tests.unit.prioritise.test_spreadsheet_safety import listed, workbook
from tests.unit.report.conftest import report_inputs  # noqa: F401 - a fixture
from tests.unit.train.test_feature_dictionary import DICTIONARY

from savedesk.cli.console import print_list_head
from savedesk.errors import printable
from savedesk.pipeline.terminal import Terminal
from savedesk.redact import RedactedStream
from savedesk.schemas.decisions import LIST_CSV
from savedesk.schemas.pages import REPORT, RUN
from savedesk.stages.ingest.cells import CONTROLS
from savedesk.stages.prioritise.spreadsheet import to_csv
from savedesk.stages.report.stage import WRITES, run
from savedesk.stages.train.dictionary_page import dictionary_page

PLANTED = "N\x1b[31mo\x00r\x9bt\u202eh"
SHOWN = r"N\x1b[31mo\x00r\x9bt\u202eh"
HALF = "\ud800"  # of a sign: an argument that is no UTF-8 has such
RAW = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass
class Screen(io.StringIO):
    """A stream that says whether it is a terminal."""

    terminal: bool

    def __post_init__(self) -> None:
        super().__init__()

    def isatty(self) -> bool:
        return self.terminal


def test_what_is_kept_out_at_the_door_is_shown_as_a_code() -> None:
    kept_out = [chr(code) for code in range(0x10000) if re.fullmatch(CONTROLS, chr(code))]
    assert len(kept_out) > 60
    assert not [sign for sign in kept_out if printable(sign) == sign]
    assert printable("a\tb\nÜn 広\u00a0州 🏔 👩\u200d💻") == "a\tb\nÜn 広\u00a0州 🏔 👩\u200d💻"


@pytest.mark.parametrize("terminal", [True, False])
def test_no_text_steers_the_terminal(terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(terminal)
    monkeypatch.setattr("sys.stdout", RedactedStream(screen))
    monkeypatch.setenv("TERM", "xterm")
    sys.stdout.write(f"{PLANTED}{HALF}\n")
    Terminal().print(f"[bold]{PLANTED}[/bold] :smile:")
    plain, styled = screen.getvalue().splitlines()
    assert plain == SHOWN + r"\ud800"
    bold, end = ("\x1b[1m", "\x1b[0m") if terminal else ("", "")
    assert styled == f"{bold}{SHOWN}{end} :smile:"


def test_a_secret_that_is_wider_than_its_column_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TOKEN", "Tr0ub4dor" * 9)
    screen = io.StringIO()
    Terminal(file=screen, width=20).print(f"of {'Tr0ub4dor' * 9}", markup=False)
    assert screen.getvalue() == "of ***\n"


def test_the_head_of_the_list_shows_any_name(tmp_path, capsys) -> None:
    columns = "rank,subscriber_id,tier,churn_probability,value_at_risk,action,because,expected_gain"
    for contract, text in (
        (LIST_CSV, f"{columns}\n1,[/b]{PLANTED.replace(chr(0), '')},key,0.5,1,a,b,1\n"),
        (REPORT, ""),
        (RUN, '{"experiment": "e\\u001b", "run_name": "\\u009b"}'),
    ):
        path = tmp_path / contract.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print_list_head(tmp_path)
    shown = capsys.readouterr().out
    assert r"[/b]N\x1b[31mor\x9bt\u202eh" in shown
    assert not RAW.search(shown)


def test_the_feature_dictionary_is_plain() -> None:
    spread = {"name": DICTIONARY["name"].iloc[0], "band": [0, 1], "up_to": PLANTED, "share": 0.5, "churn_rate": 0.1}
    page = dictionary_page(DICTIONARY.assign(dtype="string"), pd.DataFrame(spread), PLANTED, "2026-01-01")
    assert page.replace("\\[", "[").count(SHOWN) >= 2
    assert not RAW.search(page)


def test_the_report_and_the_model_card_are_plain(report_inputs) -> None:  # noqa: F811
    usual = {"name": "test", "title": "Test", "kind": "dated", "currency": "CNY", "lacks": [], "simulated": False}
    names = dict.fromkeys(("title", "currency", "origin", "licence"), PLANTED)
    slices = [{"model": "savedesk", "slice_by": "region", "slice": PLANTED, "metric": "auc", "value": 0.7, "rows": 9}]
    planted, clean = (run(report_inputs(facts=usual | more, metrics=slices)) for more in (names, {}))
    for contract in WRITES:
        page, other = planted[contract.name], clean[contract.name]
        assert len(RAW.findall(page)) == len(RAW.findall(other)), contract.path  # those of Vega's own script
        assert r"N\x1b[31mo" in page.replace("\\\\", "\\").replace("\\[", "["), contract.path


def test_cells_of_the_list_are_plain() -> None:
    rows = listed([PLANTED, f"={PLANTED}"])
    assert SHOWN in to_csv(rows)
    assert not RAW.search(to_csv(rows).removeprefix("\ufeff"))
    with zipfile.ZipFile(io.BytesIO(workbook(rows))) as book:
        for name in book.namelist():
            if name.endswith(".xml"):
                text = book.read(name).decode()
                ET.fromstring(text)  # noqa: S314 - our own
                assert not RAW.search(text), name
        assert SHOWN in book.read("xl/sharedStrings.xml").decode()
