"""The drawings of the report by name, in the words and the currency of the run; the page fills them with its rows."""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt

from savedesk.charts.calibration import calibration
from savedesk.charts.capacity import capacity
from savedesk.charts.curves import curves
from savedesk.charts.forest import kept
from savedesk.charts.groups import by_tenure, groups, groups_beside
from savedesk.charts.importance import quadrants
from savedesk.charts.months import amounts, rates, stacked
from savedesk.charts.quantity import MONEY, PERCENT, SHARE, WHOLE, Quantity
from savedesk.charts.reasons import heat
from savedesk.charts.rendering import drawing
from savedesk.charts.style import MANY, PAGE
from savedesk.charts.survival import survival, survival_of_one
from savedesk.charts.windows import windows
from savedesk.schemas.summaries import QUADRANTS
from savedesk.stages.report.wording import Wording

ROWS = alt.NamedData(name="rows")
HEIGHT = 260  # px of charts that stand side by side


@cache
def specs(wording: Wording) -> dict[str, dict[str, Any]]:
    """Return every drawing by name."""
    drawn = {**_of_months(wording), **_of_groups(wording), **_of_the_model(wording)}
    return {name: drawing(chart) for name, chart in drawn.items()}


def _of_months(wording: Wording) -> dict[str, Any]:
    say = wording.say
    when, money = say("as_of"), say("axis_money", currency=wording.currency)
    churners, at_risk = Quantity("churners", say("churners"), WHOLE), Quantity("share", say("share_at_risk"), SHARE)
    gain = {"share": say("capacity_share"), "gain": say("gain_in", currency=wording.currency)}
    return {
        "churn_types": stacked(ROWS, when, churners, "type", PAGE.series, _tip("when", "type", "churners_t")),
        "churn_rate": rates(ROWS, when, say("churn_rate"), PAGE, _tip("when", "series", "rate_t")),
        "money_by_month": amounts(ROWS, when, money, PAGE, _tip("when", "series", "money_t")),
        "capacity": capacity(
            ROWS, {**gain, "chosen": say("chosen_point")}, PAGE, _tip("share_t", "contacts_t", "gain_t")
        ),
        "reasons_by_month": stacked(ROWS, when, at_risk, "reason", MANY, _tip("when", "reason", "share_t")),
        "reasons_by_region": heat(ROWS, say("share_at_risk"), PAGE, _tip("region", "reason", "share_t")),
        "windows": windows(ROWS, PAGE, _tip("said")),
    }


def _of_groups(wording: Wording) -> dict[str, Any]:
    say = wording.say
    rate, tip = say("churn_rate"), _tip("group", "rate_t", "compared_t")
    effects = {"kept": say("kept"), "came": say("came"), "promised": say("was_promised"), "true": say("truth")}
    processes = {"performance": say("performance"), "importance": say("importance")}
    names = [wording.word("quadrant", name) for name in QUADRANTS]
    return {
        "groups": groups_beside(ROWS, rate, (say("these"), say("compared")), PAGE, tip),
        "groups_alone": groups(ROWS, rate, PAGE, tip),
        "by_month_of_tenure": by_tenure(ROWS, say("tenure_axis"), rate, PAGE, _tip("group", "rate_t")),
        "matrix": quadrants(ROWS, processes, names, PAGE, _tip("process", "quadrant", "performance_t", "importance_t")),
        "kept": kept(ROWS, effects, PAGE, _tip("group", "series", "kept_t")),
    }


def _of_the_model(wording: Wording) -> dict[str, Any]:
    say = wording.say
    months = say("months_ahead")
    rates_of_groups = {"predicted": say("predicted"), "observed": say("observed")}
    share = Quantity("share", say("contacted_share"), PERCENT)
    caught = Quantity("churn_caught", say("churn_caught"), PERCENT)
    contacts = Quantity("contacts", say("contacts"), WHOLE)
    gain = Quantity("realised_gain", say("axis_money", currency=wording.currency), MONEY)
    beside = {
        "calibration": calibration(ROWS, rates_of_groups, PAGE, _tip("predicted_t", "observed_t")),
        "gains": curves(ROWS, share, caught, "model", PAGE, _tip("model", "share_t", "churn_caught_t")),
        "profit": curves(ROWS, contacts, gain, "ranking", PAGE, _tip("ranking", "contacts_t", "realised_gain_t")),
        "survival": survival(
            ROWS, {"months": months, "gone": say("gone_share")}, PAGE, _tip("month", "sample", "series", "gone_t")
        ),
    }
    card = survival_of_one(ROWS, {"months": months, "there": say("still_there")}, PAGE, _tip("month", "share_t"))
    return {"survival_card": card} | {name: chart.properties(height=HEIGHT) for name, chart in beside.items()}


def _tip(*fields: str) -> list[alt.Tooltip]:
    """Return the tooltip of a mark: fields of the data that hold words, named by the data itself."""
    return [alt.Tooltip(f"{field}:N", title=" ") for field in fields]
