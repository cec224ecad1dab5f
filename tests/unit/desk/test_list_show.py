"""Why somebody is on or off the list."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from tests.unit.desk.conftest import office_in

from savedesk.errors import ParamsError
from savedesk.operations.review.show import shown
from savedesk.operations.review.show_view import tell, worked_out

CONTACTS = """
    contact_id | subscriber_id | contacted_on | arm
    1          | quiet         | 2025-06-20   | treated
"""
TICKETS = """
    subscriber_id | opened_at  | category
    upset         | 2025-06-25 | network
"""
PEOPLE = {
    "first": {"value": 1000.0},
    "second": {"value": 900.0, "account_id": "first"},
    "quiet": {"value": 800.0},
    "upset": {"value": 700.0, "reasons": ["contract_end"]},
    "refused": {"value": 600.0, "contact_allowed": False},
    "S0001": {"candidate": False, "value": 5.0},
    "=1+1": {"value": 300.0},
}


@pytest.fixture(scope="module")
def decided(tmp_path_factory):
    decide = office_in(tmp_path_factory.mktemp("show"))
    return decide(PEOPLE, CONTACTS, TICKETS, keep=False, channels={"call": {"hours": 0.8}})


@pytest.fixture
def show(decided, capsys):
    """Return a function that shows a subscriber and what was printed."""

    def look(name, as_of=""):
        facts = shown(decided.root, name, as_of)
        tell(facts)
        return facts, capsys.readouterr().out

    look.decided = decided
    return look


def test_the_terms_of_a_gain_add_up_and_the_limits_are_paid_for(show):
    facts, out = show("first")
    best = facts.options.iloc[0]
    assert best["saved"] - best["given_away"] - best["contact_cost"] == pytest.approx(best["expected_gain"])
    price = {row["limit"]: row["shadow_price"] for row in facts.limits.to_dict("records")}["hours call"]
    assert best["net"] == pytest.approx(best["expected_gain"] - 0.2 * price)
    assert "0.5000 x 0.2000 x (1,000.00 - 2.00) - (1 - 0.5000) x 0.30 x 2.00 - 1.00" in worked_out(facts)[2]
    assert "CHOSEN" in out


def test_each_of_them_is_off_the_list_for_the_rule_that_is_shown(show):
    broken = {name: [rule.name for rule in show(name)[0].rules if not rule.kept] for name in PEOPLE}
    assert broken == {
        "first": [],
        "second": [],
        "quiet": ["quiet_days"],
        "upset": ["open_complaints"],
        "refused": ["consent"],
        "S0001": ["candidate"],
        "=1+1": [],
    }
    for name, rows in broken.items():
        kept_off = show.decided.rows[name]["why"].startswith(("contacted", "no consent", "value at risk"))
        assert kept_off == bool(set(rows) - {"open_complaints"})


def test_an_option_that_a_rule_closes_says_so(show):
    facts, out = show("upset")
    barred = {row["action"] for row in facts.options.to_dict("records") if row["barred"] == "open_complaint"}
    assert barred == {"renewal_benefit"}
    assert "barred: open complaint" in out


def test_a_rate_says_what_it_rests_on_and_whether_its_action_does_harm(show, capsys):
    facts, _ = show("first")
    tell(
        replace(facts, rates=facts.rates.assign(save_rate_source="measured", treated=30, control=500, harm_chance=0.37))
    )
    out = capsys.readouterr().out
    assert "37%" in out
    assert "measured: 30 contacted, 500 left alone" in out
    tell(replace(facts, rates=facts.rates.assign(save_rate_source="prior", treated=3, control=5)))
    assert "params.yaml; too few: 3 contacted, 5 left alone" in capsys.readouterr().out


def test_the_other_lines_of_the_account_are_shown(show):
    assert list(show("second")[0].account["subscriber_id"]) == ["first"]


def test_the_receipt_and_the_draw_stand_at_the_end(show):
    facts, out = show("first")
    assert facts.receipt == show.decided.list[0]["receipt"]
    assert f"hold-out draw {facts.draw:.4f}" in out
    assert not facts.policy_changed


def test_an_id_as_the_csv_has_it(show):
    assert show("'=1+1")[0].decision["subscriber_id"] == "=1+1"


def test_an_unknown_id_names_the_nearest(show):
    with pytest.raises(ParamsError, match=r"no subscriber has the id 's0001'; next: did you mean S0001\?"):
        show("s0001")
    with pytest.raises(ParamsError, match="look ids up in"):
        show("nobody like that")


@pytest.mark.parametrize("empty", ["", "  ", "'"])
def test_an_empty_id_is_nobody(show, empty):
    with pytest.raises(ParamsError, match="an empty id; next: give a subscriber_id"):
        show(empty)


def test_a_day_without_decisions_names_those_there_are(show):
    with pytest.raises(ParamsError, match="no decisions of 2024-01-01; allowed: 2025-07-01"):
        show("first", "2024-01-01")
    with pytest.raises(ParamsError, match="'July' is no date"):
        show("first", "July")


def test_in_chinese(office, capsys):
    decided = office({"a": {}}, keep=False, language="zh")
    tell(shown(decided.root, "a", str(dt.date(2025, 7, 1))))
    out = capsys.readouterr().out
    assert "流失概率" in out
    assert "选用" in out
