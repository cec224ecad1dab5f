"""How a sentence says a number."""

from __future__ import annotations

import re

import pytest

from savedesk.explain.phrase import Said
from savedesk.features.declaration import declared_in
from savedesk.features.stage import FAMILIES

TOLD = [one for family in FAMILIES.values() for one in declared_in(family) if one.sentence_en]


@pytest.mark.parametrize(
    ("sentence", "value", "text"),
    [
        ("{value:complaint/complaints} open", 1.0, "1 complaint open"),
        ("{value:complaint/complaints} open", 2.0, "2 complaints open"),
        ("voice use fell by {value:abs .0%}", -0.91, "voice use fell by 91%"),
        ("pays {value:.0%} more", 0.5057, "pays 51% more"),
        ("pays {value:.0%} more", 50.57, "pays >999% more"),
        ("only {value} calls", 99.0, "only 99 calls"),
        ("pays {value} a month", 35.699999, "pays 35.7 a month"),
        ("{value} of calls", 0.034567, "0.035 of calls"),
        ("overdue: {value:.2f}", 60.3, "overdue: 60.30"),
    ],
)
def test_a_number_is_said_as_people_say_it(sentence, value, text):
    assert sentence.format(value=Said(value)) == text


@pytest.mark.parametrize("one", TOLD, ids=lambda one: one.name)
def test_every_sentence_reads_well_at_the_ends_of_its_range(one):
    """The words say which way a value went, so no sign is left over, and one thing is no plural."""
    ends = [end for end in one.speaks if end is not None] or [1.0]
    for sentence in (one.sentence_en, one.sentence_zh):
        for end in ends:
            text = sentence.format(value=end if one.dtype == "string" else Said(end))
            assert not re.search(r"[-+]\d|\(s\)|\b1 \w+s\b", text), text
