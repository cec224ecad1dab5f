"""The command as a user meets it: help, exit codes, one line for a mistake."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys

import pytest
from tests.tables import REPO

from savedesk import STAGES
from savedesk.cli.console import HEAD_COLUMNS, SHOWN_FIGURES, print_list_head, print_summary
from savedesk.locales.catalogue import counted
from savedesk.pipeline.runner import Summary, Written

BROKEN = (
    "import savedesk.params.load as l; l.load_params = lambda root: {what}; from savedesk.__main__ import main; main()"
)


def command(*words, home=None, code=None):
    call = [sys.executable, "-c", code, *words] if code else [sys.executable, "-m", "savedesk", *words]
    done = subprocess.run(call, capture_output=True, text=True, cwd=home, timeout=60, check=False)
    assert "Traceback" not in done.stdout + done.stderr
    return done


@pytest.fixture
def home(tmp_path):
    shutil.copy(REPO / "params.yaml", tmp_path)
    for name in ("simulated", "megaline"):
        shutil.copytree(REPO / "data/sources" / name, tmp_path / "data/sources" / name)
    return tmp_path


def test_help_shows_the_stages_in_data_flow_order():
    text = command("--help").stdout
    shown = [word for word in re.findall(r"^\W*(\w+)\s", text, re.MULTILINE) if word in STAGES]
    assert shown == list(STAGES)
    assert "Exit codes" in text


def test_a_typo_in_params_ends_in_2(home):
    path = home / "params.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("lead_days: 14   ", "lead_day: 14   ", 1), encoding="utf-8"
    )
    done = command("cohort", home=home)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [done.stderr.strip()]
    assert "did you mean 'lead_days'?" in done.stderr


def test_a_missing_input_ends_in_4(home):
    done = command("cohort", home=home)
    assert done.returncode == 4
    assert "next: run `savedesk ingest`" in done.stderr
    assert command("summary", home=home).returncode == 4


COMMANDS = ", ".join(
    [*STAGES, "use", "check", "repro", "locate", "plan", "compare", "promote", "summary", "feature", "list", "outcomes"]
)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["chohort"], f"unknown command 'chohort'; allowed: {COMMANDS}; next: did you mean 'cohort'?"),
        (["bogus"], f"unknown command 'bogus'; allowed: {COMMANDS}; next: choose one, or see `savedesk --help`"),
        (["--bogus"], "unknown option '--bogus'; allowed: --help; next: choose one, or see `savedesk --help`"),
        (
            ["check", "--rot", "x"],
            "check: unknown option '--rot'; allowed: --root, --help; next: did you mean '--root'?",
        ),
        (["check", "--root"], "option '--root' requires an argument; next: see `savedesk --help`"),
        (
            ["score", "--model", "champion"],
            "score: --model goes with --as-of; next: add `--as-of newest`, or a month start",
        ),
        (["cohort", "now"], "cohort: got unexpected extra argument(s) (now); next: see `savedesk cohort --help`"),
    ],
)
def test_wrong_usage_ends_in_2_and_one_line(home, words, line):
    done = command(*words, home=home)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"savedesk: {line}\n")


def test_no_command_shows_the_help(home):
    done = command(home=home)
    assert done.returncode == 2
    assert "Exit codes" in done.stdout + done.stderr
    assert "internal" not in done.stderr


def test_a_fault_of_ours_ends_in_70_and_a_file(home):
    done = command("check", home=home, code=BROKEN.format(what="1 / 0"))
    assert done.returncode == 70
    assert done.stderr.startswith("savedesk: internal error: ZeroDivisionError: division by zero; next: send ")
    assert "Traceback" in (home / "savedesk-error.log").read_text()


def test_a_fault_of_ours_is_told_although_no_file_can_be_written(home):
    (home / "savedesk-error.log").mkdir()
    done = command("check", home=home, code=BROKEN.format(what="1 / 0"))
    assert done.returncode == 70
    assert done.stderr.splitlines() == [done.stderr.strip()]
    assert "internal error: ZeroDivisionError: division by zero; next: run it again from a folder where" in done.stderr
    assert "(here: Is a directory)" in done.stderr


def test_a_value_that_a_stage_refuses_is_told_of_the_file_that_holds_it(home):
    (home / "params").mkdir()
    (home / "params/simulated.yaml").write_text('cohort: {as_of: "1999-01-01"}\n')
    code = (
        "import savedesk.pipeline.runner as r, savedesk.errors as e\n"
        "def refuse(*_): raise e.ParamsError('not within the data', where='params.yaml: cohort.as_of')\n"
        "r.run_stage = refuse\n"
        "from savedesk.__main__ import main; main()"
    )
    done = command("cohort", home=home, code=code)
    assert (done.returncode, done.stderr) == (2, "savedesk: params/simulated.yaml: cohort.as_of: not within the data\n")


def test_a_file_in_the_place_of_a_folder_ends_in_4(home):
    (home / "params").write_text("mine")
    done = command("use", "megaline", home=home)
    assert done.returncode == 4
    assert "params" in done.stderr
    assert "next: move it away" in done.stderr


def test_a_folder_that_is_not_there_ends_in_4(home):
    done = command("check", home=home, code=BROKEN.format(what="open('nowhere/plan.png', 'w')"))
    assert done.returncode == 4
    assert (
        done.stderr == "savedesk: nowhere/plan.png: No such file or directory; next: make its folder, or name another\n"
    )


@pytest.mark.parametrize(("number", "code_of"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stop_by_a_signal_says_that_the_old_outputs_are_whole(home, number, code_of):
    code = BROKEN.format(what="(print('on', flush=True), __import__('time').sleep(30))")
    with subprocess.Popen(
        [sys.executable, "-c", code, "check"], cwd=home, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout.readline() == "on\n"
        running.send_signal(number)
        _, said = running.communicate(timeout=20)
    assert running.returncode == code_of
    assert said == "savedesk: stopped; the old outputs are whole\n"


def test_a_signal_during_a_query_is_no_internal_error(home):
    query = "SELECT count(*) FROM range(100000000) a, range(1000) b WHERE a.range % 7 = b.range"
    code = BROKEN.format(what=f"(print('on', flush=True), __import__('duckdb').sql({query!r}).fetchall())")
    with subprocess.Popen(
        [sys.executable, "-c", code, "check"], cwd=home, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout.readline() == "on\n"
        running.send_signal(signal.SIGTERM)
        _, said = running.communicate(timeout=60)
    assert (running.returncode, said) == (143, "savedesk: stopped; the old outputs are whole\n")


def test_a_full_disk_is_no_internal_error(home):
    done = command("check", home=home, code=BROKEN.format(what="open('/dev/full', 'w', 1).write('x\\n')"))
    assert done.returncode == 8
    assert "no room left" in done.stderr
    assert not (home / "savedesk-error.log").exists()


def test_check_says_that_params_are_well_formed(home):
    done = command("check", home=home)
    assert (done.returncode, done.stdout) == (0, f"ok: 19 sections, source simulated; {counted()} texts in en, zh\n")
    assert command("check", "--root", str(home)).returncode == 0


def test_use_changes_one_line_and_keeps_the_comment(home):
    before = (home / "params.yaml").read_text(encoding="utf-8").splitlines()
    done = command("use", "megaline", home=home)
    assert done.returncode == 0
    assert "source is now megaline" in done.stdout
    after = (home / "params.yaml").read_text(encoding="utf-8").splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == 1
    assert changed[0][1].startswith("source: megaline  # folder under data/sources")
    assert (home / "params/megaline.yaml").is_file()
    assert command("check", home=home).stdout.startswith("ok: 18 sections, source megaline;")
    assert command("use", home=home).stdout == "source is megaline\n"


def test_use_adds_the_sections_that_came_with_a_newer_version(home):
    """DVC refuses a file of own values without them; what stands there stays as it was written."""
    path = home / "params" / "mine.yaml"
    (home / "data" / "sources" / "mine").mkdir(parents=True)
    (home / "data" / "sources" / "mine" / "source.yaml").write_text("title: Mine\n", encoding="utf-8")
    path.parent.mkdir(exist_ok=True)
    path.write_text("# mine\nprioritise: {budget: 6000}  # since May\n", encoding="utf-8")
    assert command("use", "mine", home=home).returncode == 0
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["# mine", "prioritise: {budget: 6000}  # since May"]
    assert {"ingest: {}", "promote: {}", "summarise: {}"} <= set(lines)
    assert "prioritise: {}" not in lines
    assert "source: {}" not in lines


def test_use_links_the_raw_files(home, tmp_path):
    raw = tmp_path / "elsewhere"
    raw.mkdir()
    (raw / "people.csv").write_text("id\n")
    assert command("use", "megaline", "--raw", str(raw), home=home).returncode == 0
    assert (home / "data/raw/megaline/people.csv").read_text() == "id\n"


@pytest.mark.parametrize(("words", "code"), [(("nowhere",), 2), (("megaline", "--raw", "/no/such"), 4)])
def test_use_that_fails_changes_nothing(home, words, code):
    before = (home / "params.yaml").read_bytes()
    done = command("use", *words, home=home)
    assert done.returncode == code
    assert "next: " in done.stderr
    assert (home / "params.yaml").read_bytes() == before
    assert not (home / "params").exists()


def lines_of(capsys, stage, written=(), metrics=None, warnings=()):
    print_summary(Summary(stage, 1.0, written, metrics or {}, warnings))
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()[1:]]


def test_a_summary_names_tables_without_rows_on_one_line(capsys):
    paths = (("data/ingest/usage.parquet", 3), ("data/ingest/bills.parquet", 0), ("data/ingest/plans.parquet", 0))
    said = lines_of(capsys, "ingest", tuple(Written(path, rows) for path, rows in paths))
    assert said == ["data/ingest/usage.parquet 3 rows", "without rows: bills, plans"]


def test_a_summary_never_hides_rows_that_were_turned_away(capsys):
    figures = {f"figure_{number}": number for number in range(SHOWN_FIGURES + 1)}
    assert lines_of(capsys, "ingest", metrics=figures)[-1] == "and 1 more figure in metrics/ingest.json"
    said = lines_of(capsys, "ingest", metrics=figures | {"bills_quarantined": 7, "usage_quarantined": 0})
    assert said[-2:] == ["bills_quarantined 7", "and 2 more figures in metrics/ingest.json"]


def test_a_summary_ends_with_the_warnings(capsys):
    assert lines_of(capsys, "value", warnings=("no price is known",)) == ["warning: no price is known"]


@pytest.mark.parametrize(("share", "warned"), [(1.0, True), (None, False)])
def test_the_end_of_a_run_says_where_no_price_is_known(tmp_path, capsys, share, warned):
    figures = {} if share is None else {"margin_from_none": share}
    files = {"data/prioritise/list.csv": ",".join(HEAD_COLUMNS), "reports/report.html": ""}
    files |= {"data/track/run.json": '{"experiment": "e", "run_name": "r"}', "metrics/value.json": json.dumps(figures)}
    for place, text in files.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text)
    print_list_head(tmp_path)
    assert ("warning: no price is known of any subscriber" in capsys.readouterr().out) is warned


def test_a_summary_shows_figures_that_are_not_there(capsys):
    metrics = {"rows": 1234, "auc": 0.81234, "low": None, "model": "abc"}
    print_summary(Summary("train", 1.0, (Written("data/train/trials.parquet", 3), Written("m.json", None)), metrics))
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1:] == [
        ["data/train/trials.parquet", "3", "rows"],
        ["m.json"],
        ["rows", "1,234"],
        ["auc", "0.8123"],
        ["low", "-"],
        ["model", "abc"],
    ]
