"""A secret that stands in an address, a variable, a param or an argument is in nothing that Savedesk leaves behind."""

from __future__ import annotations

import base64
import gzip
import json
import os
import shutil
import subprocess
import threading
import urllib.parse
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from tests.forked import run_all
from tests.project import ROOT

from savedesk.schemas import decisions

pytestmark = pytest.mark.xdist_group("simulated")  # what they share is made once

USER = "pl4nted/in+the:user~part"
SECRETS = {
    "user": USER,
    "query_password": "pl4ntedInTheQuery1",
    "query_token": "pl4ntedInTheQuery2",
    "database": "pl4ntedInADatabase",
    "cut": "pl4ntedInACutAddress" + "x" * 300,
    "MLFLOW_TRACKING_PASSWORD": "pl4ntedTrackingPassword",
    "MLFLOW_TRACKING_TOKEN": "pl4nted-tracking.token",
    "AWS_SECRET_ACCESS_KEY": "pl4nted/Aws+Secret/Key",
    "AWS_SESSION_TOKEN": "pl4ntedAwsSessionToken==",
    "AZURE_STORAGE_ACCESS_KEY": "pl4ntedAzureKey==",
    "AZURE_STORAGE_CONNECTION_STRING": "pl4ntedAzureAccountKey==",
    "OPERATOR_DB": "pl4ntedDsn",
    "proxy": "pl4ntedInAProxy",
    "index": "pl4ntedInAnIndex",
    "git": "pl4ntedInARemote",
    "param": "pl4ntedInAParam",
    "source": "pl4ntedInTheSource",
    "argument": "pl4ntedInAnArgument",
    "why": "pl4ntedInAReason",
}
QUOTED = urllib.parse.quote(USER, safe="")
ADDRESS = f"http://ada:{SECRETS['argument']}@127.0.0.1:9/x"
PROXY = f"http://ada:{SECRETS['proxy']}@127.0.0.1:9"
HELD = {  # in every environment
    **{
        name: SECRETS[name]
        for name in SECRETS
        if name.isupper() and name.startswith(("MLFLOW", "AWS", "AZURE_STORAGE_A"))
    },
    "MLFLOW_TRACKING_USERNAME": "ada",
    "AZURE_STORAGE_CONNECTION_STRING": f"AccountName=a;AccountKey={SECRETS['AZURE_STORAGE_CONNECTION_STRING']};",
    "OPERATOR_DB": f"host=h user=ada password={SECRETS['OPERATOR_DB']} dbname=d",
    "PIP_INDEX_URL": f"https://ada:{SECRETS['index']}@127.0.0.1:9/simple",
    "UV_EXTRA_INDEX_URL": f"https://{SECRETS['index']}@127.0.0.1:9/simple",
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"), PROXY),
    "NO_PROXY": "127.0.0.1",
    "no_proxy": "127.0.0.1",
}
FAULT = """import savedesk.cli.reproduce as r
def fail(root): raise RuntimeError(f'cannot reach {text}' * 9)
r.checked = fail"""


def forms(secret: str) -> set[bytes]:
    """Return how a secret may be written down."""
    plain = {secret, urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret), json.dumps(secret)[1:-1]}
    coded = {base64.b64encode(text.encode()) for text in (secret, f"ada:{secret}")}
    return {text.encode() for text in plain} | coded | {secret[:24].encode()}


NEEDLES = {name: forms(secret) for name, secret in SECRETS.items()}


def leaks(content: bytes) -> list[str]:
    return [name for name, written in NEEDLES.items() if any(form in content for form in written)]


class Store(BaseHTTPRequestHandler):
    """A server that answers, and repeats in each refusal what it was sent."""

    bodies: list[bytes] = []  # noqa: RUF012 - of all requests

    def do_GET(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        if urllib.parse.urlsplit(self.path).path in ("", "/"):
            self._answer(200, b"here")
            return
        message = f"refused {self.path} of {str(self.headers.get('Authorization')).removeprefix('Basic ')}"
        self._answer(400, json.dumps({"error_code": "INVALID_PARAMETER_VALUE", "message": message}).encode())

    do_POST = do_GET  # noqa: N815 - the name that the library calls

    def _answer(self, code: int, content: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def store():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Store)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@pytest.fixture(scope="module")
def home(simulated, tmp_path_factory):
    """A finished project with a repository whose remote holds a secret."""
    project = shutil.copytree(simulated[0], tmp_path_factory.mktemp("planted") / "home", symlinks=True)
    shutil.copy(ROOT / "dvc.yaml", project)
    (project / "savedesk").touch()  # the program lies in the repository, as in a .venv there
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    remote = f"https://ada:{SECRETS['git']}@127.0.0.1:9/x.git"
    for words in (
        ["init", "-q"],
        ["add", "params.yaml", "dvc.yaml"],
        ["commit", "-qm", "x"],
        ["remote", "add", "origin", remote],
    ):
        subprocess.run([*git, *words], cwd=project, check=True)
    return project


def other_project(home: Path, name: str, params: dict, source: dict | None = None) -> Path:
    """Return a project of params alone, some of which hold a secret."""
    project = home.parent / name
    shutil.copytree(home / "data/sources", project / "data/sources")
    shipped = yaml.safe_load((home / "params.yaml").read_text(encoding="utf-8"))
    (project / "params.yaml").write_text(
        yaml.safe_dump(shipped | params, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    path = project / "data/sources/simulated/source.yaml"
    declared = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump(declared | (source or {}), allow_unicode=True), encoding="utf-8")
    return project


def calls_on(home: Path, store: str) -> list[tuple[list[str], dict[str, str], int | set[int], str]]:
    """Return words, variables, the exit code that is right, and what is done to the program before."""
    listed = pd.read_parquet(home / decisions.LIST.path)
    first = listed.iloc[0]
    sheet = home.parent / "sheet.csv"
    rows = "".join(f"{who},{first['receipt'][:10]},accepted\n" for who in listed["subscriber_id"].head(3))
    sheet.write_text(f"subscriber_id,contacted_on,outcome\n{rows}", encoding="utf-8")
    at = {
        "closed": f"http://ada:{QUOTED}@127.0.0.1:9",
        "user": f"http://ada:{QUOTED}@{store}",
        "password": f"http://{store}/?password={SECRETS['query_password']}",
        "token": f"http://{store}/?token={SECRETS['query_token']}",
        "both": f"http://ada:{QUOTED}@{store}/?token={SECRETS['query_token']}&password={SECRETS['query_password']}",
        "bracket": f"http://ada:{QUOTED}@[::1",
        "database": f"postgresql://ada:{SECRETS['database']}@127.0.0.1:9/runs",
        "cut": f"http://ada:{SECRETS['cut']}@127.0.0.1:9",
        "sqlite": f"sqlite:///{home}/nowhere/runs.db?password={SECRETS['query_password']}",
        "scheme": f"nonsense://ada:{SECRETS['database']}@host/runs",
    }
    uri = {name: {"MLFLOW_TRACKING_URI": address} for name, address in at.items()}
    asked = [
        (name, words)
        for name, each in {
            "closed": (["track"], ["score", "--as-of", "newest", "--model", "challenger"], ["promote"]),
            "user": (["track"], ["score", "--as-of", "newest", "--model", "1"], ["compare", "champion", "challenger"]),
            "password": (["promote", "7"],),
            "token": (["track"], ["compare", "nobody", "last"]),
            "both": (["score", "--as-of", "newest", "--model", "challenger"],),
            "bracket": (["promote"],),
            "database": (["track"],),
            "cut": (["track"], ["compare", "1", "2"]),
            "sqlite": (["track"],),
            "scheme": (["promote"],),
        }.items()
        for words in each
    ]
    done = [
        (["check"], {}, 0, ""),
        (["locate"], {}, 0, ""),
        (["use", "simulated"], {}, 0, ""),
        (["feature", "list"], {}, 0, ""),
        (["prioritise"], {}, 0, ""),
        (["track"], {}, 0, ""),
        (["summary"], {}, 0, ""),
        (["list", "show", first["subscriber_id"]], {}, 0, ""),
        (["list", "replay", first["receipt"]], {}, 0, ""),
        (["list", "diff"], {}, 4, ""),
        (["plan", "--plot", "plan.svg"], {}, 0, ""),
        (["outcomes", "import", str(sheet)], {}, {0, 3}, ""),
        (["compare", "last", "challenger"], {}, {0, 2}, ""),
        (["promote", "--force", "--why", f"see https://ada:{SECRETS['why']}@host/?token={SECRETS['why']}"], {}, 0, ""),
        (["value"], {}, 0, ""),
    ]
    if os.environ.get("SAVEDESK_ALL_COMMANDS"):  # too slow for each run of the tests
        done += [(["score", "--as-of", "newest", "--model", "challenger"], {}, 0, ""), (["report"], {}, 0, "")]
    is_store = ("sqlite",)  # one that takes the run
    sent = [(words, uri[name], 0 if words == ["track"] or name in is_store else {2, 4}, "") for name, words in asked]
    typed = [
        (["score", "--as-of", "newest", "--model", ADDRESS], {}, 4, ""),
        (["score", "--as-of", ADDRESS], {}, 2, ""),
        (["outcomes", "import", f"{ADDRESS}.csv"], {}, 4, ""),
        (["compare", ADDRESS, "last"], {}, {2, 4}, ""),
        (["promote", f"{ADDRESS}?token={SECRETS['argument']}"], {}, {2, 4}, ""),
        (["plan", "--vary", ADDRESS], {}, 2, ""),
        (["plan", "--plot", f"{ADDRESS}.svg"], {}, {2, 4}, ""),
        (["plan", "--budget", ADDRESS], {}, 2, ""),
        (["list", "show", ADDRESS + "y" * 90], {}, 2, ""),
        (["list", "show", f"https://ada:{SECRETS['argument']}{'z' * 90}@host"], {}, 2, ""),
        (["list", "diff", "--against", ADDRESS], {}, {2, 4}, ""),
        (["list", "replay", ADDRESS], {}, 2, ""),
        (["use", ADDRESS], {}, 2, ""),
        (["use", "simulated", "--raw", ADDRESS], {}, {0, 2, 4}, ""),
        (["check", "--root", ADDRESS], {}, 4, ""),
        (["feature", "try", ADDRESS], {}, 2, ""),
        ([ADDRESS], {}, 2, ""),
        (["check", f"--token={SECRETS['argument']}"], {}, 2, ""),
        (["locate"], {"SAVEDESK_RAW": ADDRESS}, {0, 4}, ""),
        (["check"], {}, 70, FAULT.format(text=ADDRESS)),
        (["check"], {}, 70, FAULT.format(text=SECRETS["AWS_SECRET_ACCESS_KEY"])),
        (["track"], {"NO_PROXY": "", "no_proxy": ""} | uri["user"], 0, ""),
    ]
    param = f"spark://ada:{SECRETS['param']}@host:7077"
    engine = {"name": "duckdb", "threads": 1, "memory_limit_gb": 1.0}
    bad = [
        other_project(home, "master", {"engine": engine | {"spark": {"master": param}}}),
        other_project(home, "key", {"engine": engine | {"spark": {"settings": {"a.secret.key": SECRETS["param"]}}}}),
        other_project(home, "log", {"track": {"log_list": param}}),
        other_project(home, "named", {"source": param}),
        other_project(home, "text", {}, {"origin": f"jdbc:x://h?password={SECRETS['source']}"}),
    ]
    wrong = [(["ingest", "--root", str(project)], {}, 2, "") for project in bad]
    wrong += [(["check", "--root", str(project)], {}, 2, "") for project in bad[:4]]
    return [*done, *sent, *typed, *wrong]


@pytest.fixture(scope="module")
def ran(home, store, tmp_path_factory):
    """Run every command; return the calls and what came of them."""
    calls = calls_on(home, store)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH", "TMPDIR", "LANG") if name in os.environ}
    given = [
        {
            "program": str(home / "savedesk"),
            "words": words,
            "environment": kept | HELD | more,
            "folder": str(home),
            "prelude": prelude,
        }
        for words, more, _, prelude in calls
    ]
    return calls, run_all(given, tmp_path_factory.mktemp("calls"))


def test_each_command_ends_as_it_should(ran):
    calls, results = ran
    assert len({tuple(words) for words, *_ in calls}) >= 30
    for (words, more, code, _), result in zip(calls, results, strict=True):
        right = code if isinstance(code, set) else {code}
        assert result["code"] in right, (words, more.get("MLFLOW_TRACKING_URI"), result)
        assert "Traceback" not in result["out"] + result["err"], words


def test_no_command_prints_a_secret(ran):
    for (words, *_), result in zip(*ran, strict=True):
        leaked = leaks((result["out"] + result["err"]).replace("\n", "").encode())
        assert not leaked, (words, result["out"], result["err"])


def parts(path: Path):
    """Yield the content of a file, unpacked as far as it is packed."""
    content = path.read_bytes()
    yield content
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            yield from (packed.read(name) for name in packed.namelist())
    elif path.suffix == ".gz":
        yield gzip.decompress(content)
    elif path.suffix == ".parquet":
        table = pq.read_table(path, partitioning=None)
        texts = [field for field in table.schema if str(field.type) in ("string", "large_string")]
        yield json.dumps([table[field.name].unique().to_pylist() for field in texts], ensure_ascii=False).encode()


@pytest.mark.usefixtures("ran")
def test_no_file_below_the_project_holds_a_secret(home):
    own = {home / ".git/config"}  # the user's
    files = [path for path in home.rglob("*") if path.is_file() and path not in own]
    assert {"mlflow.db", "savedesk-error.log", "promotions.jsonl", "list.xlsx"} <= {path.name for path in files}
    for path in files:
        assert not leaks(str(path).encode()), path
        leaked = {name for part in parts(path) for name in leaks(part)}
        assert not leaked, (path, leaked)


@pytest.mark.usefixtures("ran")
def test_no_store_is_sent_a_secret_in_a_text():
    assert Store.bodies
    assert not [leaked for body in Store.bodies if (leaked := leaks(body))]


@pytest.mark.usefixtures("ran")
def test_projects_whose_params_hold_a_secret_get_no_other_file_with_it(home):
    for name in ("master", "key", "log", "named", "text"):
        for path in (home.parent / name).rglob("*"):
            if path.is_file() and path.name not in ("params.yaml", "source.yaml"):
                assert not leaks(path.read_bytes()), path


@pytest.mark.usefixtures("ran")
def test_a_model_in_the_store_says_nothing_of_the_machine_and_its_repository(home):
    content = (home / "mlflow.db").read_bytes()
    for tag in (b"mlflow.source.git.repoURL", b"mlflow.source.name", b"mlflow.user", b"127.0.0.1:9/x.git"):
        assert tag not in content
