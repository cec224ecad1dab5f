"""New data and a stored model: one as_of is scored, nothing is trained, and what the training run wrote stays."""

from __future__ import annotations

import datetime as dt
import json
import shutil

import numpy as np
import pyarrow as pa
import pytest
import yaml
from tests.learning import PLANS, learnable, name_source
from tests.tables import REPO, Silent, project, read, run, save, table

from savedesk.errors import DataContractError, MissingInputError, ModelSchemaError, ParamsError
from savedesk.model.schema import encode
from savedesk.model.stored import StoredModel, model_version
from savedesk.operations.batch_scoring import MODEL_FILES, score_as_of
from savedesk.operations.promote.ledger import MODEL_VERSION, NEEDED, append
from savedesk.params.load import overlay
from savedesk.schemas import attributes, labels, model, scores, source_facts, subscribers, usage

QUICK = {"max_rounds": 20, "early_stopping_rounds": 5, "tuned_trials": 0, "bags": 1, "minimum_category_rows": 10}
PEOPLE, NEWCOMERS = 60, 10
MONTHS = [dt.date(2025, month, 1) for month in range(7, 13)]
DESCRIBED = """
name  | dtype   | family     | meaning | direction
drop  | float64 | attributes | drop    | 1
noise | float64 | attributes | noise   | 0
plan  | string  | attributes | plan    | 0
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Return the folder of a model that learnt months of 2025 elsewhere."""
    root = learnable(tmp_path_factory.mktemp("trained"), per_date=150)
    run(root, "train", train=QUICK)
    return (root / model.SCHEMA.path).parent


@pytest.fixture
def home(tmp_path, trained):
    """Return a project with the last six months of an operator, and that model."""
    ids = [f"n{k:03d}" for k in range(PEOPLE)]
    activated = [dt.date(2020, 1, 1) if k >= NEWCOMERS else dt.date(2025, 12, 20) for k in range(PEOPLE)]
    people = [{"subscriber_id": who, "activated_on": day} for who, day in zip(ids, activated, strict=True)]
    used = [{"subscriber_id": who, "month": month, "voice_min": 9.0} for who in ids for month in MONTHS]
    project(tmp_path, {subscribers.TABLE: people, usage.TABLE: used, attributes.DICTIONARY: DESCRIBED})
    draw = np.random.default_rng(1)
    columns = {
        "drop": draw.normal(size=PEOPLE),
        "noise": draw.normal(size=PEOPLE),
        "plan": PLANS[np.arange(PEOPLE) % 3],
    }
    save(tmp_path, attributes.TABLE, pa.table({"subscriber_id": ids, **columns}))
    given = yaml.safe_load((REPO / "params.yaml").read_text(encoding="utf-8"))
    small = {"source": "mine", "engine": {"threads": 1}, "features": {"families": ["attributes"]}}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(overlay(given, small), sort_keys=False), encoding="utf-8")
    (tmp_path / "data" / "sources" / "mine").mkdir(parents=True)
    (tmp_path / "data" / "sources" / "mine" / "source.yaml").write_text("title: Mine\n")
    shutil.copytree(trained, tmp_path / "models" / "trained")
    return tmp_path


def score(home, as_of="newest", wanted=""):
    return score_as_of(home, as_of, wanted, Silent(), with_list=False)


def contents(home):
    return {str(path.relative_to(home)): path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file()}


def rename(home, old, new):
    for contract, column in ((attributes.TABLE, None), (attributes.DICTIONARY, "name")):
        rows = read(home, contract)
        for row in rows:
            if column:
                row[column] = new if row[column] == old else row[column]
            else:
                row[new] = row.pop(old)
        save(home, contract, table(contract, rows))


def test_who_is_eligible_is_scored_by_the_model_and_nothing_else_changes(home):
    before = contents(home)
    done = score(home)
    assert (done.as_of, done.model, done.folder) == ("2026-01-01", "models/trained", "data/scored/2026-01-01")
    rows = {row["subscriber_id"]: row["churn_probability"] for row in read(home / done.folder, scores.TABLE)}
    known = {row["subscriber_id"]: row for row in read(home, attributes.TABLE)}
    assert sorted(rows) == sorted(known)[NEWCOMERS:]  # the others have been here for less than 30 days
    texts = [(home / file.path).read_text() for file in MODEL_FILES]
    stored = StoredModel.read(*texts[:-1], json.loads(texts[-1]))
    frame = pa.Table.from_pylist([known[who] for who in rows]).to_pandas()
    expected = stored.probability(stored.raw_score(encode(frame, stored.schema)))
    assert list(rows.values()) == pytest.approx(list(expected), abs=1e-12)
    after = contents(home)
    assert {name: after[name] for name in before} == before
    assert all(name.startswith("data/scored/2026-01-01/") for name in set(after) - set(before))


def test_a_month_of_the_past_is_scored_from_what_was_known_then(home):
    with pytest.raises(ParamsError, match="2025-12-01 is not a month start within the data"):
        score(home, "2025-12-01")  # five months lie before it, minimum_history_months are six
    (home / "params.yaml").write_text(
        (home / "params.yaml").read_text().replace("minimum_history_months: 6", "minimum_history_months: 2")
    )
    assert score(home, "2025-12-01").folder == "data/scored/2025-12-01"


@pytest.mark.parametrize(("known_on", "better"), [("2026-01-02", True), ("2026-01-01", False), (None, False)])
def test_a_model_that_learnt_from_later_outcomes_is_told(home, known_on, better):
    texts = [(home / file.path).read_text() for file in MODEL_FILES]
    described = json.loads(texts.pop()) | {"train_labels_known_on": known_on}
    described["version"] = model_version(*texts, {k: v for k, v in described.items() if k != "version"})
    (home / model.SCHEMA.path).write_text(json.dumps(described))
    assert score(home).knows_later == better


def test_a_column_of_the_model_that_is_not_there_is_named(home):
    rename(home, "drop", "fall")
    rename(home, "plan", "tariff")
    with pytest.raises(ModelSchemaError, match=r"column 'drop' is missing \(and 1 more differences\)") as caught:
        score(home)
    assert caught.value.exit_code == 5
    assert not (home / "data" / "scored").exists()


def test_a_column_of_another_type_is_named(home):
    rows = read(home, attributes.TABLE)
    save(home, attributes.TABLE, table(attributes.TABLE, [row | {"plan": 1.0} for row in rows]))
    described = read(home, attributes.DICTIONARY)
    save(home, attributes.DICTIONARY, table(attributes.DICTIONARY, [row | {"dtype": "float64"} for row in described]))
    with pytest.raises(ModelSchemaError, match="column 'plan' is float64, the model was trained on string"):
        score(home)


def test_new_names_are_counted_and_too_many_of_them_stop_it_and_leave_the_last_scores(home):
    rows = read(home, attributes.TABLE)
    for row in rows[NEWCOMERS : NEWCOMERS + 8]:
        row["plan"] = "new"
    save(home, attributes.TABLE, table(attributes.TABLE, rows))
    text = (home / "params.yaml").read_text()
    (home / "params.yaml").write_text(text.replace("unseen_named_from_rows: 20", "unseen_named_from_rows: 5"))
    done = score(home)
    assert done.stages["score"].metrics["unseen_categories"] == "plan 16.0%: new (8)"
    (unseen,) = read(home / done.folder, scores.UNSEEN)
    assert unseen == {"feature": "plan", "rows": 8, "share": 0.16, "share_in_training": 0.0, "commonest": "new (8)"}
    before = contents(home / done.folder)
    for row in rows[NEWCOMERS + 8 : NEWCOMERS + 16]:
        row["plan"] = "newer"
    save(home, attributes.TABLE, table(attributes.TABLE, rows))
    with pytest.raises(ModelSchemaError, match="'plan': 32% of the rows"):
        score(home)
    assert contents(home / done.folder) == before


def test_a_folder_is_a_model_too_and_its_files_must_be_of_one_model_and_source(home, trained, tmp_path):
    elsewhere = shutil.copytree(trained, tmp_path / "elsewhere")
    shutil.rmtree(home / "models")
    assert score(home, wanted=str(elsewhere)).model == str(elsewhere)
    described = json.loads((elsewhere / "model.json").read_text())
    (elsewhere / "model.json").write_text(json.dumps(described | {"train_rows": 1}))
    with pytest.raises(ModelSchemaError, match="the model's files are damaged or not of one model") as caught:
        score(home, wanted=str(elsewhere))
    assert caught.value.line().startswith(f"{elsewhere}: ")
    (elsewhere / "types.txt").unlink()
    with pytest.raises(MissingInputError, match=r"elsewhere/types\.txt: not there; next: give --model a folder"):
        score(home, wanted=str(elsewhere))
    with pytest.raises(MissingInputError, match=r"models/trained/churn\.txt: not there; next: run `savedesk train`"):
        score(home)
    shutil.copytree(trained, home / "models" / "trained")
    name_source(home, "theirs")
    with pytest.raises(ModelSchemaError, match=r"the model was trained on source 'mine'.*'theirs'"):
        score(home)


def test_a_champion_is_the_model_that_was_promoted(home, trained):
    """Its own hash fits, and the ledger has another one."""
    shutil.copytree(trained, home / "models" / "champion")
    described = json.loads((trained / "model.json").read_text())
    entry = dict.fromkeys(NEEDED, "x") | {"source": "mine", MODEL_VERSION: described["version"]}
    append(home, entry)
    assert score(home, wanted="champion").model == "models/champion"
    append(home, entry | {MODEL_VERSION: "0123456789abcdef"})
    with pytest.raises(ModelSchemaError, match="not the model that was promoted") as caught:
        score(home, wanted="champion")
    assert caught.value.line().startswith("models/champion: ")
    append(home, {name: value for name, value in entry.items() if name != MODEL_VERSION})  # of an older version
    assert score(home, wanted="champion").model == "models/champion"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"outcome_days": 30},
            "cohort.outcome_days 60, the params have 30; next: set cohort.outcome_days to 60, or run",
        ),
        ({"dormant_days": 90, "lead_days": 7}, r"cohort.lead_days 14, the params have 7 \(and 1 more differences\)"),
    ],
)
def test_a_model_that_learned_another_churn_is_refused_before_anything_is_computed(home, changes, said):
    params = yaml.safe_load((home / "params.yaml").read_text())
    (home / "params.yaml").write_text(yaml.safe_dump(overlay(params, {"cohort": changes}), sort_keys=False))
    with pytest.raises(ModelSchemaError, match=f"the model learned with {said}") as caught:
        score(home)
    assert caught.value.exit_code == 5
    assert caught.value.line().startswith("models/trained: ")
    with pytest.raises(ModelSchemaError, match="the model learned with"):
        run(home, "score", cohort=changes)
    assert not (home / "data" / "scored").exists()


def test_without_a_store_no_alias_means_a_model(home, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.raises(MissingInputError, match=r"mlflow\.db: no run has been tracked") as caught:
        score(home, wanted="champion")
    assert caught.value.exit_code == 4


def test_nobody_to_score_is_told(home):
    save(home, usage.TABLE, table(usage.TABLE, [r for r in read(home, usage.TABLE) if r["subscriber_id"] == "n000"]))
    with pytest.raises(DataContractError, match="nobody to score at 2026-01-01: of 60 subscribers 50 have minimum"):
        score(home)


def test_a_snapshot_is_scored_at_its_own_day_whatever_its_labels(home):
    facts = json.loads((home / source_facts.FILE.path).read_text())
    (home / source_facts.FILE.path).write_text(json.dumps(facts | {"kind": "snapshot", "as_of": "2025-03-31"}))
    left = [{"subscriber_id": "n011", "as_of": dt.date(2025, 3, 31), "churned": True}]
    save(home, labels.TABLE, table(labels.TABLE, left))
    with pytest.raises(ParamsError, match="2025-04-01 is not the day of the snapshot; allowed: newest, or 2025-03-31"):
        score(home, "2025-04-01")
    done = score(home, "2025-03-31")
    assert {row["role"] for row in read(home / done.folder, scores.TABLE)} == {"score"}
    assert len(read(home / done.folder, scores.TABLE)) == PEOPLE


@pytest.mark.parametrize("as_of", ["soon", "2026-13-01", "01.01.2026"])
def test_what_is_no_date_is_told(home, as_of):
    with pytest.raises(ParamsError, match="is no date; allowed: newest, or a month start"):
        score(home, as_of)
