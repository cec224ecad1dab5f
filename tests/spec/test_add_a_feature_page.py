"""docs/add_a_feature.md, done word for word: its function and its twin have the values of its example."""

from __future__ import annotations

import re

import pytest

from savedesk.errors import ParamsError
from savedesk.stages.features import billing
from savedesk.stages.features.months import median
from savedesk.stages.features.stage import FACTS
from tests.oracle.features import billing as twins_of_billing
from tests.oracle.features.person import World
from tests.oracle.features.person import median as median_of_list
from tests.spec.pages import FEATURES, example_of
from tests.tables import REPO, feature_values, table

PAGE = (REPO / "docs" / "add_a_feature.md").read_text(encoding="utf-8")
FUNCTION, TWIN = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
(SECTION,) = re.findall(r"```\n## (.*?)```", PAGE, re.DOTALL)
NAME = "bills_below_median"


def written(monkeypatch, **imports):
    """Put the page's function at the end of billing.py, with names imported that the file lacks."""
    names = {**vars(billing), **imports}
    exec(compile(FUNCTION, "features/billing.py", "exec"), names)  # noqa: S102 - the page's own code
    monkeypatch.setattr(billing, NAME, names[NAME], raising=False)
    monkeypatch.setitem(FEATURES, NAME, names[NAME])


def test_the_function_of_the_page_gives_what_its_example_says(monkeypatch):
    written(monkeypatch, median=median)
    example = example_of("billing", SECTION)
    computed = feature_values(example.given, str(example.as_of), [NAME])
    assert {who: values[NAME] for who, values in computed.items()} == {"a": 2, "b": None}
    assert {who: values[NAME] for who, values in example.then.items()} == {"a": 2, "b": None}


def test_the_twin_of_the_page_gives_the_same(monkeypatch):
    written(monkeypatch, median=median)
    example = example_of("billing", SECTION)
    facts = {contract: table(contract, example.given.get(contract, [])).to_pylist() for contract in FACTS}
    names = {**vars(twins_of_billing), "median": median_of_list, "TWINS": {}}
    exec(compile(TWIN, "oracle/features/billing.py", "exec"), names)  # noqa: S102 - the page's own code
    world = World(facts, example.as_of)
    computed = {person.subscriber["subscriber_id"]: names["TWINS"][NAME](person) for person in world.people}
    assert computed == {who: values[NAME] for who, values in example.then.items()}


def test_a_mistake_in_a_function_is_told_with_feature_file_and_line(monkeypatch):
    assert "median" not in vars(billing)
    written(monkeypatch)
    line = 1 + FUNCTION.splitlines().index('    usual = median(window_of(row, "total_due", 4, 6))')
    with pytest.raises(ParamsError) as caught:
        feature_values(example_of("billing", SECTION).given, "2025-07-01", [NAME])
    assert caught.value.exit_code == 2
    assert caught.value.line().startswith(
        f"feature {NAME}: features/billing.py line {line}: the function fails: NameError: name 'median' is not defined;"
    )
