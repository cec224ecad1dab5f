"""From outcomes to contacts: what a list's outcomes add to the canonical table, and what they can teach.

Whether a subscriber was contacted or held out was drawn by chance, so the two arms of a list are compared as they were
drawn: a contact counts with the action that the list gave, whatever was done. Agents work from the top; the
hold-out is compared with the list as far down as it was worked.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from savedesk.params.prioritise import PrioritiseParams
from savedesk.schemas import contacts
from savedesk.schemas.outcomes import ACCEPTED, DRAWN

TREATED, CONTROL = "treated", "control"


@dataclass(frozen=True)
class Drawn:
    """Whom a list gave to the desk, and whom chance held out beside it.

    Args:
        as_of: day of the list.
        listed: rank, action, channel, offer_cost and expected_gain, by subscriber.
        held_out: the same, by subscriber; without a rank.
    """

    as_of: dt.date
    listed: pd.DataFrame
    held_out: pd.DataFrame

    @property
    def month_end(self) -> dt.date:
        """Last day of the list's month; contacts after it teach nothing, since their months differ from the list's."""
        return self.as_of.replace(day=calendar.monthrange(self.as_of.year, self.as_of.month)[1])

    @property
    def rows(self) -> pd.DataFrame:
        """The rows of the contract ``drawn``."""
        arms = {TREATED: self.listed, CONTROL: self.held_out.assign(rank=None)}
        names = list(DRAWN.column_names)
        parts = [rows.reset_index().assign(arm=arm).reindex(columns=names) for arm, rows in arms.items()]
        together: pd.DataFrame = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
        return together


def drawn_of(rows: pd.DataFrame, as_of: dt.date) -> Drawn:
    """Return the list of a day from rows of the contract ``drawn``."""
    arms = {arm: rows[rows["arm"] == arm].set_index("subscriber_id") for arm in (TREATED, CONTROL)}
    return Drawn(as_of, arms[TREATED], arms[CONTROL])


@dataclass(frozen=True)
class Terms:
    """What params say of contacts that are reported.

    Args:
        campaign: under which name they are kept.
        channel_costs: money of a contact, by channel.
        minimum_reported: share of a list from the top that must be reported, so that it teaches.
    """

    campaign: str
    channel_costs: Mapping[str, float]
    minimum_reported: float


# What ``terms_of`` looks at: the params by which DVC knows that contacts must be derived anew.
TERMS = ("prioritise.campaign", "prioritise.channels", "prioritise.learning.minimum_reported")


def terms_of(policy: PrioritiseParams) -> Terms:
    """Return the terms of a policy."""
    costs = {name: channel.cost for name, channel in policy.channels.items()}
    return Terms(policy.campaign, costs, policy.learning.minimum_reported)


@dataclass(frozen=True)
class Campaign:
    """What the outcomes of one list make.

    Args:
        contacts: rows of the canonical table.
        worked: how many of the list, from the top, were worked: down to the last rank by which enough are reported.
        reported: how many of those have an outcome.
        control: subscribers held out beside them.
        off_list: contacts with subscribers who are not on the list.
        late: contacts after the month of the list.
        stray: contacts far below the part of the list that was worked.
    """

    contacts: pd.DataFrame
    worked: int
    reported: int
    control: int
    off_list: int
    late: int
    stray: int


def campaign(outcomes: pd.DataFrame, drawn: Drawn, terms: Terms) -> Campaign:
    """Return the contacts of a list.

    Args:
        outcomes: accepted outcomes of the list: subscriber_id, contacted_on, channel, action, outcome.
        drawn: the list.
        terms: see ``terms_of``.
    """
    rows = outcomes.sort_values(["subscriber_id", "contacted_on"], ignore_index=True)
    listed = rows["subscriber_id"].isin(drawn.listed.index)
    late = rows["contacted_on"] > drawn.month_end
    last = ~rows.assign(teaches=listed & ~late).duplicated(["subscriber_id", "teaches"], keep="last")
    teaches = listed & ~late & last  # of several attempts the last one
    plan = drawn.listed.reindex(rows["subscriber_id"]).reset_index(drop=True)
    name = f"{terms.campaign}:{drawn.as_of}"
    offer = plan["offer_cost"].where(rows["outcome"].eq(ACCEPTED), 0.0).fillna(0.0)
    cost = rows["channel"].map(dict(terms.channel_costs)).astype(float)
    treated = rows.assign(
        contact_id=[
            f"{name}:{who}:{day}" for who, day in zip(rows["subscriber_id"], rows["contacted_on"], strict=True)
        ],
        campaign_id=pd.Series(name, index=rows.index).where(teaches, None),
        action=plan["action"].where(teaches, rows["action"].replace("", None)),
        channel=rows["channel"].replace("", None),
        arm=TREATED,
        cost=cost + offer,
        known_on=rows["contacted_on"],
    )
    worked = _worked(plan.loc[teaches, "rank"], terms.minimum_reported)
    stray = teaches & (plan["rank"] > worked)
    treated.loc[stray, "campaign_id"] = None
    teaches &= ~stray
    down_to = drawn.listed[drawn.listed["rank"] <= worked]
    reported = int(down_to.index.isin(rows.loc[teaches, "subscriber_id"]).sum())
    held = _control(drawn, name, down_to, reported >= terms.minimum_reported * max(worked, 1))
    columns = list(contacts.TABLE.column_names)
    together = pd.concat([treated[columns], held[columns]]) if len(held) else treated[columns]
    ordered = together.sort_values("contact_id", ignore_index=True)
    beside = (int((~listed).sum()), int((listed & late).sum()), int(stray.sum()))
    return Campaign(ordered, worked, reported, len(held), *beside)


def _worked(ranks: pd.Series, enough: float) -> int:
    """Return the last rank down to which the list was worked: the deepest by which enough of it is reported.

    An outcome far below the others is a stray: a subscriber who rang up, not a desk that came so far. Where more than
    a few would be strays, the list was reported in part, down to its last outcome.
    """
    ordered = np.sort(ranks.to_numpy(np.int64))
    if not len(ordered):
        return 0
    filled = np.arange(1, len(ordered) + 1) / ordered >= enough
    deepest = int(ordered[filled].max()) if filled.any() else 0
    most = (ordered <= deepest).mean() >= enough
    return deepest if most else int(ordered[-1])


def _control(drawn: Drawn, name: str, down_to: pd.DataFrame, enough: Any) -> pd.DataFrame:
    """Return the held-out subscribers who would have been reached, as members of the control arm."""
    if not len(down_to) or not enough:
        return pd.DataFrame(columns=list(contacts.TABLE.column_names))
    would = drawn.held_out[drawn.held_out["expected_gain"] >= down_to["expected_gain"].min()].reset_index()
    held: pd.DataFrame = would.assign(
        contact_id=[f"{name}:{who}:held" for who in would["subscriber_id"]],
        contacted_on=drawn.as_of,
        campaign_id=name,
        arm=CONTROL,
        outcome=None,
        cost=None,
        known_on=drawn.as_of,
    )
    return held
