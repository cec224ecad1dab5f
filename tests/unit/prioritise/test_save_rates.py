"""What randomised contacts of the past say about what an action does."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import halfnorm, norm
from tests.tables import sections

from savedesk.contracts import cohort, reasons
from savedesk.policy.medicine import prior_rates
from savedesk.prioritise.save_rates import save_rates

DAY = dt.date(2025, 7, 1)


USUAL = 0.4  # share of the odds of leaving that a reason explains as a rule


NOTHING_WRONG = {"prior_error": 0.1, "wrong_share": 0.0, "wrong_error": 1.0, "harm_share": 0.0, "harm_error": 0.04}


def policy(**learning):
    return sections(prioritise={"learning": {**NOTHING_WRONG, "minimum_contacts": 100, **learning}})["prioritise"]


def campaign(treated, control, left_treated, left_control, *, action="service_recovery", reason="complaint", p=0.2):
    """Return a campaign of one action for one reason: so many of each arm, and how many of them left."""
    arms = np.repeat([1.0, 0.0], [treated, control])
    left = np.concatenate([np.arange(treated) < left_treated, np.arange(control) < left_control]).astype(float)
    rows = pd.DataFrame({"treated": arms, "left": left})
    return rows.assign(
        action=action,
        reason=reason,
        explained_share=USUAL,
        treated_share=treated / (treated + control),
        expected=p,
        label_known_on=dt.date(2025, 5, 1),
    )


def learned(made, as_of, rules):
    """Return the rates where all reasons are of usual strength as a rule."""
    usual = prior_rates(rules)[["action", "reason"]].assign(usual_share=USUAL)
    return save_rates(made, usual, as_of, rules)


def rate(made, *, action="service_recovery", reason="complaint", as_of=DAY, **learning):
    rows = learned(made, as_of, policy(**learning)).set_index(["action", "reason"])
    return rows.loc[action, reason]


def test_half_of_those_who_would_leave_stay():
    """20 % of the control leave and 10 % of the treated: the contact keeps half of the would-be churners."""
    found = rate(campaign(5000, 5000, 500, 1000), prior_error=1.0)
    assert found["save_rate"] == pytest.approx(0.5, abs=0.01)
    assert (found["treated"], found["control"], found["save_rate_source"]) == (5000, 5000, "measured")
    assert found["low"] < found["save_rate"] < found["high"]


def test_few_contacts_leave_the_rate_near_the_prior_and_too_few_leave_it_there():
    prior = policy().actions["service_recovery"].save_rate
    few = rate(campaign(150, 150, 5, 30))
    assert prior < few["save_rate"] < prior + 0.25
    assert few["save_rate_source"] == "measured"
    fewer = rate(campaign(99, 100, 0, 20))
    assert (fewer["save_rate"], fewer["save_rate_source"]) == (pytest.approx(prior), "prior")


def test_an_action_that_drives_people_away_gets_a_negative_rate():
    assert rate(campaign(4000, 4000, 1000, 600), prior_error=0.2)["save_rate"] < -0.2


def test_outcomes_that_are_not_known_yet_do_not_count():
    made = campaign(5000, 5000, 500, 1000)
    assert rate(made, as_of=dt.date(2025, 5, 1))["save_rate_source"] == "prior"
    assert rate(made, as_of=dt.date(2025, 5, 2))["save_rate_source"] == "measured"


def test_one_who_was_sure_to_leave_does_not_decide_alone():
    """A thousand contacts say that nothing happens; one more was held for sure to leave, and stayed."""
    made = campaign(500, 500, 50, 50)
    sure = made.iloc[[400]].assign(expected=1.0, left=0.0)
    found = rate(pd.concat([made, sure]), prior_error=1.0)
    assert found["save_rate"] == pytest.approx(rate(made, prior_error=1.0)["save_rate"], abs=0.05)


def test_a_contact_with_a_weak_reason_says_what_the_action_does_where_it_is_strong():
    """Half as strong as usual: a tenth fewer churners there are a sixth at usual strength (1 - 0.75 + 0.75 / 2)."""
    made = campaign(20000, 20000, 3600, 4000)
    assert rate(made, prior_error=1.0)["save_rate"] == pytest.approx(0.1, abs=0.01)
    weak = made.assign(explained_share=USUAL / 2)
    assert rate(weak, prior_error=1.0)["save_rate"] == pytest.approx(0.1 / 0.625, abs=0.01)


def test_another_reason_or_action_learns_nothing():
    found = learned(campaign(5000, 5000, 500, 1000), DAY, policy()).set_index(["action", "reason"])
    assert (found["save_rate_source"] == "measured").sum() == 1
    others = found[found["save_rate_source"] == "prior"]
    assert others["save_rate"].tolist() == pytest.approx(others["prior"].tolist())


def test_a_wrong_probability_does_not_look_like_an_effect():
    """Everybody leaves twice as often as expected, whether contacted or not: the contact did nothing."""
    found = rate(campaign(5000, 5000, 1000, 1000, p=0.1), prior_error=1.0)
    assert found["save_rate"] == pytest.approx(0.0, abs=0.02)


def test_a_little_bad_luck_is_forgiven_and_harm_is_not():
    """Prior 0.15: one that seems to do nothing keeps most of it; one that drives a fifth more away loses all of it."""
    rules = {"prior_error": 0.03, "wrong_share": 0.05}
    assert rate(campaign(1000, 1000, 200, 200), **rules)["save_rate"] == pytest.approx(0.14, abs=0.02)
    harm = campaign(5000, 5000, 1200, 1000)
    assert rate(harm, **rules)["save_rate"] == pytest.approx(-0.2, abs=0.03)
    assert rate(harm, prior_error=0.03)["save_rate"] > 0


def test_good_news_never_makes_a_prior_wrong():
    """Half of the would-be churners stay: what the prior's error allows is believed, whatever share is wrong."""
    good = campaign(5000, 5000, 500, 1000)
    assert rate(good, wrong_share=0.3)["save_rate"] == pytest.approx(rate(good)["save_rate"])


def test_what_drives_away_those_who_would_stay_is_noticed_where_few_would_leave():
    """Of 2,000 with a chance of 5 % twice as many left when called: one action in twenty is held to do that."""
    made = campaign(1000, 1000, 100, 50, action="check_in", reason="any", p=0.05)
    rules = {"action": "check_in", "reason": "any", "prior_error": 0.03}
    assert rate(made, **rules)["save_rate"] == pytest.approx(0.0, abs=0.02)
    assert rate(made, harm_share=0.05, **rules)["save_rate"] < -0.4


def test_the_harm_of_an_action_is_one_for_all_its_reasons():
    """Complaints showed that an apology drives people away: the few contacts for bad service need not show it again."""
    made = pd.concat([campaign(2000, 2000, 400, 200, p=0.1), campaign(30, 30, 3, 3, reason="service", p=0.1)])
    alone, shared = (rate(made, reason="service", harm_share=share, prior_error=0.03) for share in (0.0, 0.05))
    assert (alone["save_rate"], alone["save_rate_source"]) == (pytest.approx(0.15), "prior")
    assert shared["save_rate"] < -0.3
    assert (shared["save_rate_source"], shared["treated"]) == ("measured", 30)


def test_without_a_sign_of_harm_the_prior_stays_what_it_is():
    """The contact does what the prior says, 20 to 17 %: that some actions harm takes nothing from it."""
    made = campaign(1000, 1000, 170, 200)
    assert rate(made, harm_share=0.05)["save_rate"] == pytest.approx(rate(made)["save_rate"])


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**31),
    st.integers(5, 90),
    st.sampled_from([0.02, 0.1, 0.5]),
    st.sampled_from([0.0, 0.05, 0.4]),
    st.sampled_from([0.0, 0.05, 0.3]),
)
def test_the_fast_rate_is_the_slow_one(seed, left, error, wrong_share, harm_share):
    """Rate and error by adding up the posterior of rate and harm on a fine grid, with the contacts row by row."""
    draw = np.random.default_rng(seed)
    made = campaign(180, 120, left, 30)
    made["expected"] = draw.uniform(0.01, 0.6, len(made))
    made["explained_share"] = draw.uniform(0, 1, len(made))
    level = made["left"].sum() / made["expected"].sum()
    control = made[made["treated"] == 0]
    alone = control["left"].sum() / control["expected"].sum()
    rates, harms = np.linspace(-6, 6, 6001), (np.arange(101) + 0.5) / 101 * 0.25
    seen = np.zeros((len(harms) + 1, len(rates)))
    stay, leave = 0.0, 0.0
    for row in made.itertuples():
        mean = min(row.expected * level, 1.0)
        variance = max(mean * max(1 - mean, 0.2), 1e-3)
        would_leave = min(row.expected * alone, 1.0)
        factor = 0.25 + 0.75 * row.explained_share / USUAL
        lever = -(row.treated - row.treated_share) * would_leave * factor
        harmed = (row.treated - row.treated_share) * (1 - would_leave)
        stay, leave = stay + 1 - would_leave, leave + would_leave * factor
        seen += (row.left - mean - rates * lever - np.concatenate([[0.0], harms])[:, None] * harmed) ** 2 / variance
    prior = policy().actions["service_recovery"].save_rate
    wrong = wrong_share if rates[seen[0].argmin()] < prior else 0.0
    right = norm.pdf(rates, prior, error)
    fit = np.exp(-(seen - seen.min()) / 2)
    harmless = ((1 - wrong) * right + wrong * norm.pdf(rates, prior, 1.0)) * fit[0]
    harmful = right * halfnorm.pdf(harms, scale=0.04)[:, None] * fit[1:] * (harms[1] - harms[0])
    chance = harm_share * harmful.sum() / (harm_share * harmful.sum() + (1 - harm_share) * harmless.sum())
    chance = max(0.0, (chance - harm_share) / (1 - harm_share))
    told = np.concatenate([(1 - chance) * harmless / harmless.sum(), *chance * harmful / harmful.sum()])
    at = np.concatenate([rates, *rates - harms[:, None] * stay / leave])
    slow = (told * at).sum()
    half = 1.6449 * np.sqrt((told * (at - slow) ** 2).sum())
    found = rate(made, prior_error=error, wrong_share=wrong_share, harm_share=harm_share)
    assert found["save_rate"] == pytest.approx(np.clip(slow, -1, 1), abs=2e-3)
    assert found["high"] == pytest.approx(np.clip(slow + half, -1, 1), abs=2e-3)


CONTACTS = """
    contact_id | subscriber_id | contacted_on | campaign_id | action           | arm
"""


def test_the_stage_learns_from_contacts_and_drops_what_harms(desk):
    """Service recovery drove the treated away: 60 of 150 left, of the control 15 of 150. Nobody gets it any more."""
    names = [f"s{number:03}" for number in range(300)]
    arms = ["treated" if number < 150 else "control" for number in range(300)]
    left = [number % 150 < (60 if number < 150 else 15) for number in range(300)]
    lines = [f"c{n} | {n} | 2025-01-05 | spring | service_recovery | {arm}" for n, arm in zip(names, arms, strict=True)]
    month = dt.date(2025, 1, 1)
    told = [
        {"subscriber_id": n, "as_of": month, "churned": one, "label_known_on": dt.date(2025, 5, 1)}
        | {"churn_type": "cancelled" if one else None}
        for n, one in zip(names, left, strict=True)
    ]
    why = [{"subscriber_id": n, "as_of": month, "position": 1, "reason": "complaint"} for n in names]
    scored = [
        {"subscriber_id": n, "as_of": month, "churn_probability": 0.2, "probability_cancelled": 0.2} for n in names
    ]
    also = {cohort.TABLE: told, reasons.CONTACTS: why, reasons.CONTACT_SCORES: scored}
    learned = desk({"new": {}}, CONTACTS + "\n".join(lines), also=also)
    assert learned.rows["new"]["action"] == "check_in"
    priors = desk({"new": {}}, CONTACTS + "\n".join(lines), also=also, learning={"minimum_contacts": 10**6})
    assert (priors.rows["new"]["action"], priors.rows["new"]["save_rate_source"]) == ("service_recovery", "prior")


def test_a_campaign_whose_control_says_no_action_is_named(desk):
    """Spring teaches nothing, summer does, and autumn has no control at all."""
    lines = """
        c1 | new | 2025-01-05 | spring | service_recovery | treated
        c2 | new | 2025-01-05 | spring |                  | control
        c3 | new | 2025-02-05 | summer | service_recovery | treated
        c4 | new | 2025-02-05 | summer | service_recovery | control
        c5 | new | 2025-03-05 | autumn | service_recovery | treated
    """
    (said,) = desk({"new": {}}, CONTACTS + lines).warnings
    assert said.startswith("contacts: 1 without an action in the control of campaign 'spring'")
    assert (
        desk({"new": {}}, CONTACTS + lines.replace("spring |                 ", "spring | check_in        ")).warnings
        == []
    )
