"""What a past contact truly changed."""

from __future__ import annotations

import ibis
import pytest
from tests.tables import table

from savedesk.schemas import contacts, truth
from savedesk.stages.evaluate.contact_effects import contact_effects


def test_a_contact_takes_the_truth_of_its_own_action_at_its_own_month():
    known = """
    subscriber_id | as_of      | churn_probability | with_payment_plan | with_check_in
    a             | 2025-01-01 | 0.5               | 0.2               | 0.6
    a             | 2025-02-01 | 0.9               | 0.9               | 0.9
    """
    past = """
    contact_id | subscriber_id | contacted_on | action       | arm
    1          | a             | 2025-01-01   | payment_plan | treated
    2          | a             | 2025-01-31   | check_in     | control
    3          | a             | 2025-01-05   | sales        | treated
    4          | b             | 2025-01-05   | payment_plan | treated
    5          | a             | 2025-03-01   | payment_plan | treated
    """
    effects = contact_effects(ibis.memtable(table(contacts.TABLE, past)), ibis.memtable(table(truth.TABLE, known)))
    rows = effects.to_pandas().set_index("contact_id")["true_change"].to_dict()
    assert rows == {"1": pytest.approx(0.3), "2": pytest.approx(-0.1)}
