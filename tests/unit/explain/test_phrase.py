"""How a sentence says a number."""

from __future__ import annotations

import re

import pytest

from savedesk.locales.placeholders import fields
from savedesk.reasons.phrase import phrase
from savedesk.stages.features.declaration import declared_in
from savedesk.stages.features.sentences import sentences
from savedesk.stages.features.stage import FAMILIES

NAMES = {feature.name for family in FAMILIES.values() for feature in declared_in(family)}
SPOKEN = [feature for family in FAMILIES.values() for feature in declared_in(family) if feature.sentence_en]


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
    assert phrase(sentence, {"value": value}) == text


@pytest.mark.parametrize("feature", SPOKEN, ids=lambda feature: feature.name)
def test_every_sentence_reads_well_at_the_ends_of_its_range(feature):
    """The words say which way a value went, so no sign is left over, and one thing is no plural."""
    ends = [end for end in feature.speaks if end is not None] or [1.0]
    for sentence in sentences(feature).values():
        for end in ends:
            assert fields(sentence) <= {"value", *NAMES}
            text = phrase(sentence, dict.fromkeys(fields(sentence), 1.0) | {"value": end})
            assert phrase(sentence, {"value": end}), "what else it tells may be unknown"
            assert not re.search(r"[-+]\d|\(s\)|\b1 \w+s\b", text), text


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"value": 2.0, "days": 19.0}, "2 complaints open, the oldest for 19 days"),
        ({"value": 2.0, "days": 1.0}, "2 complaints open, the oldest for 1 day"),
        ({"value": 2.0, "days": float("nan")}, "2 complaints open"),
        ({"value": 2.0, "days": None}, "2 complaints open"),
        ({"value": 2.0}, "2 complaints open"),
    ],
)
def test_what_is_not_known_is_left_out(values, text):
    assert phrase("{value:complaint/complaints} open[, the oldest for {days:day/days}]", values) == text
