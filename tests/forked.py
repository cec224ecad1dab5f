"""Many commands, each in a process of its own, forked from one that has loaded the libraries: it saves their start.

``python -m tests.forked CALLS RESULTS`` reads a JSON list of calls (program, words, environment, folder,
prelude) and writes for each its exit code and what it printed.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any, NoReturn

LOADED = ("savedesk.__main__", "altair", "duckdb", "ibis", "lightgbm", "mlflow", "pandas", "scipy.stats", "sklearn")


def run_all(calls: list[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """Run the calls one after the other; return ``code``, ``out``, ``err`` and ``seconds`` of each."""
    given, results = folder / "calls.json", folder / "results.json"
    given.write_text(json.dumps(calls), encoding="utf-8")
    quiet = os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    subprocess.run([sys.executable, "-m", "tests.forked", given, results], check=True, env=quiet)
    runs: list[dict[str, Any]] = json.loads(results.read_text(encoding="utf-8"))
    return runs


def _run(call: dict[str, Any]) -> dict[str, Any]:
    started = time.perf_counter()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        pid = os.fork()
        if pid == 0:
            _be(call, out.fileno(), err.fileno())
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        printed = {}
        for name, stream in (("out", out), ("err", err)):
            stream.seek(0)
            printed[name] = stream.read().decode("utf-8", errors="replace")
        return {"code": code, "seconds": time.perf_counter() - started, **printed}


def _be(call: dict[str, Any], out: int, err: int) -> NoReturn:
    """Be the command, and never come back."""
    code = 99
    try:
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.chdir(call["folder"])
        os.environ.clear()
        os.environ.update(call["environment"])
        sys.argv = [call["program"], *call["words"]]
        exec(call.get("prelude", ""), {})  # noqa: S102 - the test's own
        from savedesk.__main__ import main  # noqa: PLC0415 - after the prelude

        main()
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:  # noqa: BLE001 - whatever it is, the test shall see it
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


if __name__ == "__main__":
    for name in LOADED:
        importlib.import_module(name)
    wanted = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path(sys.argv[2]).write_text(json.dumps([_run(call) for call in wanted]), encoding="utf-8")
