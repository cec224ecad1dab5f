"""Model files that were cut off, mixed or written by another version: one line, and never the end of the process."""

from __future__ import annotations

import json
import shutil

import pytest
from tests.learning import learnable
from tests.tables import run

from savedesk.errors import DataContractError, ModelSchemaError
from savedesk.model.stored import NEEDED, model_version
from savedesk.schemas import model

QUICK = {"max_rounds": 20, "early_stopping_rounds": 5, "tuned_trials": 0, "bags": 1, "minimum_category_rows": 10}
PLACE = "models/trained"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    root = learnable(tmp_path_factory.mktemp("whole"), per_date=120)
    run(root, "train", train=QUICK | {"minimum_churners_per_type": 50})
    return root


@pytest.fixture
def root(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "project")


def rewrite(root, edit):
    """Change the description of the model, and make the hash right again."""
    path = root / model.SCHEMA.path
    described = edit({name: value for name, value in json.loads(path.read_text()).items() if name != "version"})
    texts = [(root / file.path).read_text() for file in (model.BOOSTER, model.TYPES, model.SURVIVAL)]
    path.write_text(json.dumps(described | {"version": model_version(*texts, described)}))


@pytest.mark.parametrize("name", ["churn.txt", "types.txt", "default_lightgbm.txt"])
@pytest.mark.parametrize("left", [0, 0.3, 0.7, 0.99])
def test_a_file_that_was_cut_off_is_damaged(root, name, left):
    path = root / PLACE / name
    text = path.read_text()
    path.write_text(text[: int(len(text) * left)])
    with pytest.raises(ModelSchemaError, match="damaged") as caught:
        run(root, "score")
    assert caught.value.exit_code == 5


MALFORMED = {
    "a tree without end": lambda text: text.replace("left_child=", "left_child=0 0 0 0 0 0 0 0 ", 1),
    "a leaf that is no number": lambda text: text.replace("leaf_value=", "leaf_value=x", 1),
    "more trees than there are": lambda text: text.replace("tree_sizes=", "tree_sizes=99999999 ", 1),
    "half": lambda text: text[: len(text) // 2],
}


@pytest.mark.parametrize("how", MALFORMED)
def test_a_malformed_text_under_the_right_hash_never_ends_the_process(root, how):
    path = root / PLACE / "churn.txt"
    path.write_text(MALFORMED[how](path.read_text()))
    rewrite(root, dict)
    with pytest.raises(ModelSchemaError, match="damaged"):
        run(root, "score")


def test_the_booster_of_another_model_is_not_taken(root):
    shutil.copyfile(root / PLACE / "types.txt", root / PLACE / "churn.txt")
    with pytest.raises(ModelSchemaError, match="not of one model"):
        run(root, "score")


@pytest.mark.parametrize("name", NEEDED)
def test_a_model_of_another_version_says_what_it_lacks(root, name):
    rewrite(root, lambda described: {key: value for key, value in described.items() if key != name})
    with pytest.raises(ModelSchemaError, match=f"of another version of Savedesk: it lacks {name}; next: run"):
        run(root, "score")


@pytest.mark.parametrize(("name", "content"), [("churn.txt", b"\xff\xfe"), ("model.json", b"[]"), ("model.json", b"3")])
def test_what_is_no_text_or_no_object_is_damaged(root, name, content):
    (root / PLACE / name).write_bytes(content)
    with pytest.raises(DataContractError, match=f"{name}: damaged: it cannot be read; next: run `savedesk train`"):
        run(root, "score")
