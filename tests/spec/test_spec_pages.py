"""Every example of docs/features holds; together they show every feature and every case on which features go wrong."""

from __future__ import annotations

from typing import get_args

import pytest

from savedesk.stages.features.declaration import Basis, features_of
from savedesk.stages.features.stage import FAMILIES
from tests.spec.edges import OF_BASIS, edges_of
from tests.spec.pages import FEATURES, FOLDER, Example, example_of, examples
from tests.tables import feature_values

EXAMPLES = tuple(examples())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.family}: {example.heading}")
def test_what_a_page_says_is_so(example: Example):
    names = next(iter(example.then.values()))
    computed = feature_values(example.given, str(example.as_of), names)
    for who, expected in example.then.items():
        for name, value in expected.items():
            right = value if value is None or isinstance(value, str) else pytest.approx(value, rel=1e-9)
            assert computed[who][name] == right, (who, name)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_feature_has_an_example_in_which_it_says_something(family):
    shown = {
        name
        for example in EXAMPLES
        if example.family == family
        for values in example.then.values()
        for name, value in values.items()
        if value not in {None, FEATURES[name].empty}
    }
    assert {feature.name for feature in features_of(FAMILIES[family])} - shown == set()


@pytest.mark.parametrize(
    ("family", "edge"), [(family, edge) for family, module in FAMILIES.items() for edge in edges_of(module)]
)
def test_a_page_has_the_cases_on_which_features_go_wrong(family, edge):
    assert any(edge(example) for example in EXAMPLES if example.family == family)


def test_every_family_has_a_page():
    assert {path.stem for path in FOLDER.glob("*.md")} - {"README"} == set(FAMILIES)


def test_every_basis_has_its_cases():
    assert OF_BASIS.keys() == set(get_args(Basis))


def test_a_heading_stands_once_on_a_page():
    headings = [(example.family, example.heading) for example in EXAMPLES]
    assert len(set(headings)) == len(headings)


def test_a_table_that_no_line_announces_is_a_mistake():
    section = "A heading\n\nas_of: 2025-07-01\n\n| a |\n|---|\n| 1 |\n\nThen:\n\n| feature | a |\n|---|---|\n"
    with pytest.raises(AssertionError, match="each table follows"):
        example_of("usage", section + "| sms_1m | 1 |\n")
