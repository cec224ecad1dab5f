"""What more money or hours would earn."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.tables import sections

from savedesk.errors import ParamsError
from savedesk.operations.plan.asked import amount_of, asked, outdated, parsed_hours
from savedesk.policy.curve import gain_curve

POLICY = sections(
    prioritise={"budget": 10.0, "channels": {name: {"hours": None} for name in ("visit", "call", "message")}}
)["prioritise"]


def options(gains, cost=2.0):
    rows = [
        {"subscriber_id": f"s{place}", "as_of": "2026-01-01", "account_id": f"s{place}", "channel": "call"}
        | {"contact_minutes": 12.0, "expected_gain": gain, "expected_cost": cost}
        for place, gain in enumerate(gains)
    ]
    return pd.DataFrame(rows)


def test_gain_grows_ever_slower_with_money():
    """Ten a month buys the five best at 2 each; the first euro buys the best of them."""
    curve = gain_curve(options([9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0]), POLICY).rows.set_index("share")
    assert curve.loc[1.0, "gain"] == pytest.approx(9 + 8 + 7 + 6 + 5)
    assert curve.loc[0.5, "contacts"] == 2
    assert curve["gain"].is_monotonic_increasing
    assert curve.loc[1.0, "price budget"] == pytest.approx(4 / 2)
    assert curve.loc[2.0, "price budget"] == 0


def test_figures_that_changed_since_the_list_was_made_are_named():
    """A call now takes 12 minutes and costs 1.0; the options were made when it cost 0.8."""
    offers = options([9.0]).assign(contact_cost=0.8, action="check_in", take_up=0.0)
    assert outdated(offers, POLICY) == ["contact_cost of call is 1, and was 0.8 when the newest list was made"]
    assert outdated(offers.assign(contact_cost=1.0), POLICY) == []


def test_one_limit_is_varied_while_the_others_stay():
    wanted = asked(POLICY, {"budget": 4.0}, {"call": 0.8})
    assert gain_curve(options([5.0] * 9), wanted, "hours call").rows["contacts"].max() == 2  # money for two
    assert gain_curve(options([5.0] * 9), wanted, "budget").rows["contacts"].max() == 4  # hours for four


def test_what_cannot_be_read_is_said_in_one_line():
    with pytest.raises(
        ParamsError, match="--hours has 'cal=3'; allowed: CHANNEL=HOURS, channels: visit, call, message"
    ):
        parsed_hours(["cal=3"], POLICY)
    for text in ("-1", "nan", "many", "inf"):
        with pytest.raises(ParamsError, match="a number from 0, or none"):
            amount_of("--budget", text)
    with pytest.raises(ParamsError, match="nothing limits the list"):
        gain_curve(options([1.0]), asked(POLICY, {"budget": None}, {}))
    with pytest.raises(ParamsError, match="--vary has 'hours call'; allowed: all, budget"):
        gain_curve(options([1.0]), POLICY, "hours call")
    with pytest.raises(ParamsError, match="the newest list was made with channel 'fax'"):
        gain_curve(options([1.0]).assign(channel="fax"), POLICY)
    assert amount_of("--budget", "none") is None
