"""Small tables in, expected tables out."""

from __future__ import annotations

import ibis
import pytest
from tests.tables import sections, table

from savedesk.params.summarise import SummariseParams
from savedesk.schemas import subscribers


@pytest.fixture
def p() -> SummariseParams:
    return sections()["summarise"]


@pytest.fixture
def given():
    """Return a maker of Ibis tables: a contract, and its rows as an aligned text."""

    def make(contract, rows):
        return ibis.memtable(table(contract, rows))

    return make


@pytest.fixture
def people(given):
    """Four subscribers: two in the north, one in the south, one without a region."""
    return given(
        subscribers.TABLE,
        """
        subscriber_id | region | segment
        a             | north  | consumer
        b             | north  | business
        c             | south  | consumer
        d             |        | consumer
        """,
    )
