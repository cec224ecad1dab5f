"""Metrics of money: what the list promised, what it made, and what it is truly worth."""

from __future__ import annotations

from savedesk.metrics.declaration import HIDDEN, HIGHER, LOWER, PAGE, Form, Metric, Place

MONEY = (
    Metric(
        "promised_gain",
        group="money",
        definition="expected gain of the contacted (`decisions.expected_gain`), summed by as_of, mean over the "
        "test as_of dates; money",
        range="any",
        en="Gain that the list promised, money a month",
        zh="名单承诺的收益（每月）",
        better="near profit_at_capacity",
        figure=lambda sums: sums.listed.a_month(sums.listed.expected_gain),
        of_list=True,
        places=PAGE | {Place.CARD, Place.END},
        mlflow="1_money/promised_gain_of_test_lists",
        unit="money",
    ),
    Metric(
        "profit_at_capacity",
        group="money",
        definition="**the figure that decides.** Realised gain (below) of the contacted, summed by as_of, mean "
        "over the test as_of dates; the slice of an as_of is that month's. How many are contacted (K)"
        " is not a number of its own: it is the policy's list at that date, within agent hours, "
        "budget and contact rules",
        range="any",
        source="instance-level profit",
        en="Profit at capacity, money a month",
        zh="产能内收益（每月金额）",
        noun="profit at capacity",
        noun_zh="产能内收益",
        better=HIGHER,
        figure=lambda sums: sums.listed.a_month(sums.listed.realised_gain),
        of_list=True,
        places=PAGE | {Place.CARD, Place.SLICES, Place.END, Place.CHAMPION},
        mlflow="1_money/profit_at_capacity",
        unit="money",
    ),
    Metric(
        "true_profit_at_capacity",
        group="truth",
        definition="what the shipped list is truly worth, mean over the as_of dates: sum of (p0 - pa)(V - d) - "
        "(1 - p0) u d - c, with p0 the true chance without a contact, pa the true chance with the "
        "row's action, the rest as in the policy",
        range="money",
        en="True profit of the list, money a month",
        zh="名单的真实收益（每月）",
        better=HIGHER,
        places=PAGE | {Place.CARD, Place.END},
        mlflow="1_money/true_profit_at_capacity",
        unit="money",
    ),
    Metric(
        "true_profit_left_out",
        group="truth",
        definition="contacts of that list whose action the truth does not know, mean over the as_of dates: no "
        "figure of money here holds them, nor their spending, nor does the oracle get them",
        range="contacts",
        en="Contacts a month left out of the true profit: their action has no known effect",
        zh="未计入真实收益的每月联系人数：其措施的真实效果未知",
        better=LOWER,
    ),
    Metric(
        "true_profit_oracle",
        group="truth",
        definition="the same of the list of an oracle who knows p0 and every pa: as many contacts, no more "
        "expected spending, one an account (if the policy says so), by the cheapest channel of the "
        "tier. It may contact whoever consents and is not blocklisted: hours, quiet days, open "
        "complaints and the hold-out do not bind it. It chooses by gain - price x spending, the price"
        " found by bisection",
        range="money",
        en="True profit of an oracle's list of that size",
        zh="同等规模下全知名单的真实收益",
        places=PAGE | {Place.CARD, Place.END},
    ),
    Metric(
        "true_profit_random",
        group="truth",
        definition="the same of as many contacts drawn at random among those, each with the open action of which"
        " the priors and the score expect most",
        range="money",
        en="True profit of as many contacts at random",
        zh="随机联系同样人数的真实收益",
    ),
    Metric(
        "true_profit_gap",
        group="truth",
        definition="oracle - shipped",
        range="money",
        en="True profit missing to the oracle",
        zh="与全知名单的收益差距",
        better=LOWER,
    ),
    Metric(
        "true_profit_share",
        group="truth",
        definition="shipped / oracle",
        range="up to 1, the oracle",
        en="True profit, share of the oracle's",
        zh="真实收益占全知名单之比",
        better=HIGHER,
        form=Form.PERCENT,
        places=PAGE | {Place.END},
        mlflow="1_money/true_profit_share",
        unit="share",
    ),
    Metric(
        "promise_excess",
        group="truth",
        definition="expected gain of the list - its true profit: how much the list promises too much",
        range="money",
        en="Promised above the true profit, money a month",
        zh="预期高于真实收益的部分（每月）",
        better=LOWER,
        places=PAGE | {Place.CARD},
    ),
    Metric(
        "harmed_share",
        group="truth",
        definition="share of the list whose action truly raises the chance of churn",
        range="0 (best) to 1",
        en="Contacts that truly do harm, share of the list",
        zh="名单中实际有害的联系占比",
        better=LOWER,
        form=Form.PERCENT,
    ),
    Metric(
        "mpc",
        group="money",
        definition="profit per subscriber at the best threshold, acceptance rate at its mean; money",
        range="0 up",
        source="Verbraken et al. 2013",
        en="MPC, money per subscriber",
        zh="MPC（每用户金额）",
        better=HIGHER,
        digits=2,
        figure=lambda sums: sums.maximum_profits["mpc"],
    ),
    Metric(
        "empc",
        group="money",
        definition="mean over acceptance rates ~ Beta(6, 14) of the profit at the threshold that is best for "
        "each; money",
        range="0 up",
        source="Verbraken et al. 2013",
        en="EMPC, money per subscriber",
        zh="EMPC（每用户金额）",
        noun="EMPC",
        noun_zh="EMPC",
        better=HIGHER,
        digits=2,
        figure=lambda sums: sums.maximum_profits["empc"],
        places=PAGE | {Place.CARD, Place.CHAMPION},
        mlflow="2_ranking/empc",
        unit="money a subscriber",
    ),
)
DESK = (  # of other stages, which MLflow shows first
    Metric(
        "expected_gain",
        group="",
        definition="what the list should be worth",
        range="money",
        better=HIGHER,
        stage="prioritise",
        places=HIDDEN,
        mlflow="1_money/promised_gain",
        unit="money",
    ),
    Metric(
        "shadow_price_hours_call",
        group="",
        definition="what another hour of calls would earn",
        range="money an hour",
        stage="prioritise",
        places=HIDDEN,
        mlflow="1_money/worth_of_a_call_hour",
        unit="money an hour",
    ),
    Metric(
        "contacts",
        group="",
        definition="contacts on the list",
        range="subscribers",
        stage="prioritise",
        places=HIDDEN,
        mlflow="4_rows/contacts",
        unit="subscribers",
    ),
    Metric(
        "rows", group="", definition="labelled rows", range="rows", places=HIDDEN, mlflow="4_rows/labelled", unit="rows"
    ),
    Metric(
        "churners",
        group="",
        definition="churners among them",
        range="rows",
        places=HIDDEN,
        mlflow="4_rows/churners",
        unit="rows",
    ),
)
