"""What is asked of the newest options: other limits, and whether they are still what params.yaml says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from savedesk.errors import MissingInputError, ParamsError
from savedesk.operations.review.runs import Run, made_with, runs
from savedesk.params.prioritise import PrioritiseParams
from savedesk.policy.curve import WHERE
from savedesk.policy.limits import BUDGET, CONTACTS
from savedesk.schemas.decisions import LIMITS, OPTIONS, TABLE
from savedesk.stages.prioritise.contact_list import SHORT, policy_hash

NO_LIMIT = "none"


def parsed_hours(given: Sequence[str], policy: PrioritiseParams) -> dict[str, float | None]:
    """Return channel -> hours from texts such as ``call=120`` or ``visit=none``.

    Raises:
        ParamsError: another form, an unknown channel, or no number of hours.
    """
    hours: dict[str, float | None] = {}
    for text in given:
        channel, _, amount = text.partition("=")
        if channel not in policy.channels or not amount:
            raise ParamsError(
                f"--hours has {text!r}", where=WHERE, allowed="CHANNEL=HOURS, channels: " + ", ".join(policy.channels)
            )
        hours[channel] = amount_of("--hours", amount)
    return hours


def amount_of(option: str, text: str) -> float | None:
    """Return an amount of at least 0, or None for ``none``: no limit.

    Raises:
        ParamsError: anything else.
    """
    if text.strip().lower() == NO_LIMIT:
        return None
    try:
        amount = float(text)
    except ValueError:
        amount = np.nan
    if not (np.isfinite(amount) and amount >= 0):
        raise ParamsError(f"{option} has {text!r}", where=WHERE, allowed=f"a number from 0, or {NO_LIMIT}")
    return amount


def asked(
    policy: PrioritiseParams, changes: Mapping[str, float | None], hours: Mapping[str, float | None]
) -> PrioritiseParams:
    """Return the policy with other limits."""
    channels = {
        name: channel.model_copy(update={"hours": hours[name]}) if name in hours else channel
        for name, channel in policy.channels.items()
    }
    return policy.model_copy(update={**changes, "channels": channels})


def newest_run(root: Path) -> Run:
    """Return the decisions that the pipeline made last.

    Raises:
        MissingInputError: prioritise has not run.
    """
    own = [run for run in runs(root) if run.newest and run.folder == root]
    if not own:
        raise MissingInputError("not there", where=TABLE.path, next_step="run `savedesk prioritise` or `dvc repro`")
    return own[-1]


def open_options(run: Run) -> pd.DataFrame:
    """Return the open options of a run.

    Raises:
        MissingInputError: there is none.
    """
    rows = run.rows(OPTIONS)
    rows = rows[rows["open"].astype(bool)].sort_values(list(OPTIONS.key), ignore_index=True)
    if rows.empty:
        raise MissingInputError(
            f"no option is open as of {run.as_of}",
            where=OPTIONS.path,
            next_step="ask `savedesk list show SUBSCRIBER_ID` which rules close them",
        )
    return rows


def outdated(options: pd.DataFrame, policy: PrioritiseParams) -> list[str]:
    """Return which figures of params.yaml are others than the options were priced with, one line each."""
    of_channel = {
        name: {"contact_cost": channel.cost, "contact_minutes": channel.minutes}
        for name, channel in policy.channels.items()
    }
    of_action = {name: {"take_up": action.take_up} for name, action in policy.actions.items()}
    lines = []
    for key, given in (("channel", of_channel), ("action", of_action)):
        for name, figures in given.items():
            rows = options[options[key] == name]
            for column, now in figures.items():
                then = float(rows[column].iloc[0]) if len(rows) else now
                if then != now:
                    lines.append(f"{column} of {name} is {now:g}, and was {then:g} when the newest list was made")
    return lines


def changed_rules(run: Run, policy: PrioritiseParams) -> list[str]:
    """Return a line where params.yaml holds another policy than the list was made with, but for its limits."""
    bounds = run.rows(LIMITS).set_index("limit")["available"].to_dict()
    contacts = bounds.get(CONTACTS)
    then = {BUDGET: bounds.get(BUDGET), CONTACTS: None if contacts is None else int(contacts)}
    hours = {name: bounds.get(f"hours {name}") for name in policy.channels}
    if made_with(run) in ("", policy_hash(asked(policy, then, hours))[:SHORT]):
        return []
    now = "these are the limits of now, with the save rates, offers and rules of then"
    return [f"the section prioritise has changed since the newest list was made; {now}"]
