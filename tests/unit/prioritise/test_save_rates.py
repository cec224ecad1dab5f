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

from savedesk.policy.action_rules import prior_rates
from savedesk.schemas import cohort, reasons
from savedesk.stages.prioritise.save_rates import save_rates

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


def learned(randomised, as_of, rules):
    """Return the rates where all reasons are of usual strength as a rule."""
    usual = prior_rates(rules)[["action", "reason"]].assign(usual_share=USUAL)
    return save_rates(randomised, usual, as_of, rules)


def rate(randomised, *, action="service_recovery", reason="complaint", as_of=DAY, **learning):
    rows = learned(randomised, as_of, policy(**learning)).set_index(["action", "reason"])
    return rows.loc[action, reason]


def test_half_of_those_who_would_leave_stay():
    """20 % of the control leave and 10 % of the treated: the contact keeps half of the would-be churners."""
    row = rate(campaign(5000, 5000, 500, 1000), prior_error=1.0)
    assert row["save_rate"] == pytest.approx(0.5, abs=0.01)
    assert (row["treated"], row["control"], row["save_rate_source"]) == (5000, 5000, "measured")
    assert row["low"] < row["save_rate"] < row["high"]


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
    randomised = campaign(5000, 5000, 500, 1000)
    assert rate(randomised, as_of=dt.date(2025, 5, 1))["save_rate_source"] == "prior"
    assert rate(randomised, as_of=dt.date(2025, 5, 2))["save_rate_source"] == "measured"


def test_one_who_was_sure_to_leave_does_not_decide_alone():
    """A thousand contacts say that nothing happens; one more was held for sure to leave, and stayed."""
    randomised = campaign(500, 500, 50, 50)
    sure = randomised.iloc[[400]].assign(expected=1.0, left=0.0)
    row = rate(pd.concat([randomised, sure]), prior_error=1.0)
    assert row["save_rate"] == pytest.approx(rate(randomised, prior_error=1.0)["save_rate"], abs=0.05)


def test_a_contact_with_a_weak_reason_says_what_the_action_does_where_it_is_strong():
    """Half as strong as usual: a tenth fewer churners there are a sixth at usual strength (1 - 0.75 + 0.75 / 2)."""
    randomised = campaign(20000, 20000, 3600, 4000)
    assert rate(randomised, prior_error=1.0)["save_rate"] == pytest.approx(0.1, abs=0.01)
    weak = randomised.assign(explained_share=USUAL / 2)
    assert rate(weak, prior_error=1.0)["save_rate"] == pytest.approx(0.1 / 0.625, abs=0.01)


def test_another_action_learns_nothing():
    rates = learned(campaign(5000, 5000, 500, 1000), DAY, policy()).set_index("action")
    assert set(rates.index[rates["save_rate_source"] == "measured"]) == {"service_recovery"}
    others = rates[rates["save_rate_source"] == "prior"]
    assert others["save_rate"].tolist() == pytest.approx(others["prior"].tolist())


def test_another_reason_learns_bad_news_of_the_action_only():
    """An apology keeps half of those who complain: that says nothing of bad service. If it keeps nobody, it does."""
    rules = {"reason": "service", "prior_error": 0.03, "wrong_share": 0.05}
    assert rate(campaign(5000, 5000, 500, 1000), **rules)["save_rate"] == pytest.approx(0.15)
    useless = rate(campaign(20000, 20000, 4000, 4000), **rules)
    assert 0 < useless["save_rate"] < 0.12
    assert (useless["treated"], useless["save_rate_source"]) == (0, "measured")


@pytest.mark.parametrize("others", [330, 360, 400, 500, 800])
def test_the_worse_the_news_of_one_reason_the_worse_the_other(others):
    """Of 1,000 complainers 300 leave by themselves. However many more leave when called, an apology is no better."""
    rules = {"reason": "service", "prior_error": 0.03, "wrong_share": 0.01, "wrong_error": 0.3, "harm_share": 0.01}
    bad = rate(campaign(1000, 1000, others, 300, p=0.3), **rules)
    worse = rate(campaign(1000, 1000, others + 50, 300, p=0.3), **rules)
    assert worse["save_rate"] < bad["save_rate"] < 0.15


def test_a_wrong_probability_does_not_look_like_an_effect():
    """Everybody leaves twice as often as expected, whether contacted or not: the contact did nothing."""
    row = rate(campaign(5000, 5000, 1000, 1000, p=0.1), prior_error=1.0)
    assert row["save_rate"] == pytest.approx(0.0, abs=0.02)


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
    randomised = campaign(1000, 1000, 100, 50, action="check_in", reason="any", p=0.05)
    rules = {"action": "check_in", "reason": "any", "prior_error": 0.03}
    assert rate(randomised, **rules)["save_rate"] == pytest.approx(0.0, abs=0.02)
    assert rate(randomised, harm_share=0.05, **rules)["save_rate"] < -0.4


def test_the_harm_of_an_action_is_one_for_all_its_reasons():
    """Complaints showed that an apology drives people away: the few contacts for bad service need not show it again."""
    randomised = pd.concat([campaign(2000, 2000, 400, 200, p=0.1), campaign(30, 30, 3, 3, reason="service", p=0.1)])
    alone, shared = (rate(randomised, reason="service", harm_share=share, prior_error=0.03) for share in (0.0, 0.05))
    assert alone["save_rate"] == pytest.approx(0.15, abs=0.01)
    assert shared["save_rate"] < -0.3
    assert shared["harm_chance"] > 0.99


def test_without_a_sign_of_harm_the_prior_stays_what_it_is():
    """The contact does what the prior says, 20 to 17 %: that some actions harm takes nothing from it."""
    randomised = campaign(1000, 1000, 170, 200)
    row = rate(randomised, harm_share=0.05, wrong_share=0.05)
    assert row["save_rate"] == pytest.approx(rate(randomised)["save_rate"])
    assert row["harm_chance"] < 0.02


def test_the_fewer_leave_of_a_small_control_the_worse_the_action_looks():
    """Of 60 called 9 left. Even where none of those left alone did: the model says 5 %, and that counts, too."""
    rules = {"minimum_contacts": 60, "harm_share": 0.05, "wrong_share": 0.05, "prior_error": 0.03}
    rates = [rate(campaign(60, 60, 9, left, p=0.05), **rules)["save_rate"] for left in range(9)]
    assert rates == sorted(rates)
    assert rates[8] == pytest.approx(0.15, abs=0.02)


def _mean_and_error(weights, at):
    weights = weights / weights.sum()
    mean = (weights * at).sum()
    return mean, (weights * (at - mean) ** 2).sum()


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**31),
    st.integers(5, 90),
    st.sampled_from([0.05, 0.1, 0.5]),
    st.sampled_from([0.0, 0.05, 0.4]),
    st.sampled_from([0.0, 0.05, 0.3]),
)
def test_the_fast_rate_is_the_slow_one(seed, left, error, wrong_share, harm_share):
    """Rate and error by adding up every explanation on a fine grid, with the contacts row by row."""
    draw = np.random.default_rng(seed)
    randomised = campaign(180, 120, left, 30)
    randomised["expected"] = draw.uniform(0.01, 0.6, len(randomised))
    randomised["explained_share"] = draw.uniform(0, 1, len(randomised))
    control = randomised[randomised["treated"] == 0]
    level, alone = ((part["left"].sum() + 10) / (part["expected"].sum() + 10) for part in (randomised, control))
    rates, harms = np.linspace(-8, 8, 8001), (np.arange(4000) + 0.5) / 4000 * 0.4
    by_rate, by_harm, stay, leave = 0.0, 0.0, 0.0, 0.0
    for row in randomised.itertuples():
        mean = min(row.expected * level, 1.0)
        variance = max(mean * max(1 - mean, 0.2), 1e-3)
        would_leave = min(row.expected * alone, 1.0)
        factor = 0.25 + 0.75 * row.explained_share / USUAL
        by = row.treated - row.treated_share
        by_rate = by_rate - (row.left - mean + rates * by * would_leave * factor) ** 2 / variance / 2
        by_harm = by_harm - (row.left - mean - harms * by * (1 - would_leave)) ** 2 / variance / 2
        stay, leave = stay + 1 - would_leave, leave + would_leave * factor
    most = max(by_rate.max(), by_harm.max())
    seen, step = np.exp(by_rate - most), rates[1] - rates[0]
    prior = policy().actions["service_recovery"].save_rate
    right = norm.pdf(rates, prior, error) * step
    # overrated by a half-normal; so are all rates of the action, which still lie around that by the prior's error
    less = np.where(rates <= prior, halfnorm.pdf(prior - rates, scale=1.0), 0.0) * step
    around = norm.pdf(rates[:, None] - rates[None, ::4], 0, error) @ less[::4] * 4 * step
    harm = halfnorm.pdf(harms, scale=0.04) * (harms[1] - harms[0]) * np.exp(by_harm - most)
    fits = [((1 - wrong_share) * right + wrong_share * less) @ seen, around @ seen, harm.sum()]
    gained = [
        _gained(share, place, fits, wrong_share, harm_share) for share, place in ((wrong_share, 1), (harm_share, 2))
    ]
    own = [right @ seen, less @ seen]
    wrong = wrong_share * own[1] / ((1 - wrong_share) * own[0] + wrong_share * own[1])
    wrong = max(0.0, (wrong - wrong_share) / (1 - wrong_share))
    chances = np.array([(1 - sum(gained)) * (1 - wrong), (1 - sum(gained)) * wrong, *gained])
    moments = [_mean_and_error(density * seen, rates) for density in (right, less, around)]
    moments += [_mean_and_error(harm, -harms * stay / leave)]
    means, variances = np.array(moments).T
    slow = chances @ means
    half = 1.6449 * np.sqrt(chances @ (variances + (means - slow) ** 2))
    fast = rate(randomised, prior_error=error, wrong_share=wrong_share, harm_share=harm_share)
    assert fast["save_rate"] == pytest.approx(np.clip(slow, -1, 1), abs=3e-3)
    assert fast["high"] == pytest.approx(np.clip(slow + half, -1, 1), abs=3e-3)
    below = [*norm.cdf(-means[:3] / np.sqrt(variances[:3])), 1.0]
    assert fast["harm_chance"] == pytest.approx(chances @ below, abs=3e-3)


def _gained(share, place, fits, wrong_share, harm_share):
    """Return what the contacts add to the chance of an explanation."""
    shares = [1 - wrong_share - harm_share, wrong_share, harm_share]
    chance = shares[place] * fits[place] / sum(a * b for a, b in zip(shares, fits, strict=True))
    return max(0.0, (chance - share) / (1 - share))


CONTACTS = """
    contact_id | subscriber_id | contacted_on | campaign_id | action           | arm
"""


def spring(action, treated, left_treated, control, left_control, first="s"):
    """Return a campaign of January that both arms complained before: lines of contacts, and the other tables."""
    names = [f"{first}{number:03}" for number in range(treated + control)]
    arms = ["treated"] * treated + ["control"] * control
    left = [number < left_treated or treated <= number < treated + left_control for number in range(len(names))]
    lines = [f"c{n} | {n} | 2025-01-05 | spring | {action} | {arm}" for n, arm in zip(names, arms, strict=True)]
    month = {"as_of": dt.date(2025, 1, 1)}
    ends = [{"churned": gone, "churn_type": "cancelled" if gone else None} for gone in left]
    known = {"label_known_on": dt.date(2025, 5, 1)}
    labels = [{"subscriber_id": n} | month | known | end for n, end in zip(names, ends, strict=True)]
    why = [{"subscriber_id": n, "position": 1, "reason": "complaint"} | month for n in names]
    chances = {"churn_probability": 0.2, "probability_cancelled": 0.2}
    scored = [{"subscriber_id": n} | month | chances for n in names]
    return lines, {cohort.TABLE: labels, reasons.CONTACTS: why, reasons.CONTACT_SCORES: scored}


def test_the_stage_learns_from_contacts_and_drops_what_harms(desk):
    """Service recovery drove the treated away: 60 of 150 left, of the control 15 of 150. Nobody gets it any more."""
    lines, also = spring("service_recovery", 150, 60, 150, 15)
    learned = desk({"new": {}}, CONTACTS + "\n".join(lines), also=also)
    assert learned.rows["new"]["action"] == "check_in"
    (said,) = learned.warnings
    assert said.startswith("contacts: service_recovery (complaint")
    assert "drive more people away than they keep" in said
    priors = desk({"new": {}}, CONTACTS + "\n".join(lines), also=also, learning={"minimum_contacts": 10**6})
    assert (priors.rows["new"]["action"], priors.rows["new"]["save_rate_source"]) == ("service_recovery", "prior")


def test_who_was_left_alone_with_another_action_of_the_campaign_is_no_control(desk):
    """Apologies keep half. Of the check-ins in that campaign nearly all were left alone: no matter for apologies."""
    lines, also = spring("service_recovery", 150, 15, 150, 30)
    more, others = spring("check_in", 20, 4, 280, 56, first="t")
    both = {contract: [*also[contract], *others[contract]] for contract in also}
    alone, beside = (
        desk({"new": {}}, CONTACTS + "\n".join(past), also=known, learning={"prior_error": 0.3}).rows["new"]
        for past, known in ((lines, also), (lines + more, both))
    )
    assert alone["save_rate_source"] == "measured"
    assert beside["save_rate"] == pytest.approx(alone["save_rate"])


def test_a_campaign_from_which_nothing_can_be_learned_is_named(desk):
    """Of four only summer, and a gift that is no action of ours, have an action in both arms; winter is long ago."""
    lines = """
        c1  | new | 2025-01-05 | spring | service_recovery | treated
        c2  | new | 2025-01-05 | spring |                  | control
        c3  | new | 2025-02-05 | summer | service_recovery | treated
        c4  | new | 2025-02-05 | summer | service_recovery | control
        c5  | new | 2025-03-05 | autumn | service_recovery | treated
        c6  | new | 2021-12-05 | winter | service_recovery | treated
        c7  | new | 2021-12-05 | winter |                  | control
        c8  | new | 2024-12-06 | other  | a_gift           | treated
        c9  | new | 2024-12-06 | other  | a_gift           | control
        c10 | new | 2024-10-06 | typo   | service_recovery | treated
        c11 | new | 2024-10-06 | typo   | Service Recovery | control
        c12 | new | 2024-11-06 | none   |                  | treated
        c13 | new | 2024-11-06 | none   | check_in         | control
    """
    said, spelled = desk({"new": {}}, CONTACTS + lines).warnings
    assert said.startswith("contacts: 3 campaigns teach nothing, since no action has both arms (the first: 'none')")
    assert spelled == (
        "contacts: 1 of campaigns name an action that prioritise.actions does not have, and teach nothing: "
        "'Service Recovery' (did you mean 'service_recovery'?); "
        "next: map the names in contacts.sql, or add the action to params.yaml"
    )
    named = (
        lines.replace("typo ", "other").replace("none ", "other").replace("spring |                 ", "other | a_gift")
    )
    named = named.replace("Service Recovery", "service_recovery")
    assert desk({"new": {}}, CONTACTS + named).warnings == []


def test_campaigns_of_which_no_action_is_known_are_named(desk):
    lines = """
        c8  | new | 2024-12-06 | other  | a_gift           | treated
        c9  | new | 2024-12-06 | other  | a_gift           | control
    """
    (said,) = desk({"new": {}}, CONTACTS + lines).warnings
    assert said.startswith("contacts: 2 of campaigns name an action that prioritise.actions does not have")
