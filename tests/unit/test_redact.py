"""No secret leaves the program."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import yaml
from tests.tables import REPO

from savedesk.errors import ParamsError
from savedesk.params.load import load_params
from savedesk.redact import RedactedStream, environment_secrets, place_of_secret, redacted, redacted_values, shortened
from savedesk.stages.ingest.source import load_source

SETTINGS = "engine.spark.settings.spark.hadoop."
NONE: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://ada:lovelace1@host:5000/x", "https://***@host:5000/x"),
        ("https://ghp_12345@host/x", "https://***@host/x"),
        ("postgresql+psycopg2://u:p@ss/w%40rd@db/mlflow", "postgresql+psycopg2://***@db/mlflow"),
        ("http://u:x@[::1", "http://***@[::1"),
        ("http:/u:x@host/list.csv: not there", "http:/***@host/list.csv: not there"),
        ("data/a:b@c.csv", "data/a:b@c.csv"),
        ("https://host/x?token=abc&a=1", "https://host/x?token=***&a=1"),
        ("https://host/x?sig=abc%3D&se=2026", "https://host/x?sig=***&se=2026"),
        ("Driver=x;Server=y;UID=u;PWD=geheim;", "Driver=x;Server=y;UID=u;PWD=***;"),
        ("host=h user=u password='two words' dbname=d", "host=h user=u password=*** dbname=d"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer ***"),
        ("https://host/of/ada@example.org", "https://host/of/ada@example.org"),
        ("unique: key=subscriber_id, month", "unique: key=subscriber_id, month"),
        ("two lines\nof https://u:secret1@h", "two lines\nof https://***@h"),
    ],
)
def test_what_stands_where_addresses_hold_secrets_is_masked(text: str, shown: str) -> None:
    assert redacted(text, NONE) == shown


def test_the_secrets_of_an_environment() -> None:
    held = environment_secrets(
        {
            "MLFLOW_TRACKING_PASSWORD": "Tr0ub4dor",
            "AWS_SECRET_ACCESS_KEY": "abc/def+1",
            "MLFLOW_TRACKING_URI": "http://ada:love%40lace@host",
            "WAREHOUSE": "host=h password=geheim9",
            "SSL_KEY": "/etc/ssl/key.pem",
            "A_TOKEN": "1",
            "PATH": "/usr/bin",
        }
    )
    assert held == {
        "Tr0ub4dor",
        "abc/def+1",
        "abc%2Fdef%2B1",
        "love%40lace",
        "love%2540lace",
        "love@lace",
        "geheim9",
    } | {
        "YWRhOmxvdmVAbGFjZQ==",  # ada:love@lace, as it is sent
        "YWRhOmxvdmVAbGFjZQ%3D%3D",
    }


def test_a_secret_of_the_environment_is_masked_wherever_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "Tr0ub4dor")
    assert redacted("refused: xTr0ub4dory") == "refused: x***y"


def test_a_secret_that_is_an_ordinary_word_is_masked_as_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PASSWORD", "postgres")
    assert redacted("postgresql of postgres") == "postgresql of ***"


def test_values_under_the_name_of_a_secret_are_masked() -> None:
    given = {"store": {"uri": "http://u:p4ssword@h", "api_token": "abc", "rows": 3}, "list": ["x", "pwd=1"]}
    assert redacted_values(given) == {
        "store": {"uri": "http://***@h", "api_token": "***", "rows": 3},
        "list": ["x", "pwd=***"],
    }


def test_a_stream_lets_no_secret_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_PASSWORD", "Tr0ub4dor")
    kept = io.StringIO()
    stream = RedactedStream(kept)
    assert stream.write("Tr0ub4dor\n") == 10
    stream.writelines(["a", "Tr0ub4dor"])
    assert kept.getvalue() == "***\na***"
    assert not stream.isatty()


def test_a_text_loses_its_secret_before_it_is_cut() -> None:
    address = f"http://ada:{'x' * 50}@host"
    assert shortened(f"{address} is away", 20) == "http://***@host is a..."
    assert shortened("plain", 20) == "plain"


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"engine": {"spark": {"master": "spark://u:p4ss@host"}}}, "engine.spark.master"),
        ({"engine": {"spark": {"settings": {"spark.hadoop.fs.s3a.secret.key": "x"}}}}, SETTINGS + "fs.s3a.secret.key"),
        ({"engine": {"spark": {"settings": {"spark.hadoop.ssl.keyPassword": "x"}}}}, SETTINGS + "ssl.keyPassword"),
        ({"a": [{"b": "x"}, {"b": "https://host/?token=x"}]}, "a.b"),
        ({"tiers": {"key": "call"}, "api_key": None, "token": 3}, None),
        ({"spark.io.encryption.keySizeBits": "128"}, None),
        ({"sentence": "key=value, at most 5 @ 3"}, None),
    ],
)
def test_the_place_of_a_secret_in_params(values: dict, place: str | None) -> None:
    assert place_of_secret(values) == place


def test_no_shipped_file_holds_one() -> None:
    for path in (REPO / "params.yaml", *REPO.glob("params/*.yaml"), *REPO.glob("data/sources/*/source.yaml")):
        assert place_of_secret(yaml.safe_load(path.read_text(encoding="utf-8"))) is None, path


def test_params_and_sources_with_a_secret_are_refused_by_the_key_alone(tmp_path: Path) -> None:
    for name in ("params.yaml", "data/sources/simulated/source.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((REPO / name).read_bytes())
    params, source = tmp_path / "params.yaml", tmp_path / "data/sources/simulated/source.yaml"
    load_params(tmp_path)
    shipped = params.read_text(encoding="utf-8")
    params.write_text(shipped.replace("master: null", "master: spark://u:geheim9@h", 1), encoding="utf-8")
    with pytest.raises(ParamsError, match=r"params.yaml: engine.spark.master: holds a password") as caught:
        load_params(tmp_path)
    assert "geheim9" not in caught.value.line()
    params.write_text(shipped.replace("master: null", "master: [] spark://u:geheim9@h", 1), encoding="utf-8")
    with pytest.raises(ParamsError, match="not readable as YAML") as caught:
        load_params(tmp_path)
    assert "geheim9" not in caught.value.line()
    source.write_text(source.read_text(encoding="utf-8") + "\norigin: jdbc://h?password=geheim9\n", encoding="utf-8")
    with pytest.raises(ParamsError, match=r"source.yaml: origin: holds a password"):
        load_source(source.parent)
