"""What is asked of the newest options: other limits, and whether they are still what params.yaml says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from savedesk.contracts.decisions import OPTIONS
from savedesk.desk.runs import made_with, runs
from savedesk.engine.choose import open_engine
from savedesk.errors import MissingInputError, ParamsError
from savedesk.params.engine import EngineParams
from savedesk.params.load import load_params
from savedesk.params.prioritise import PrioritiseParams
from savedesk.policy.curve import WHERE
from savedesk.prioritise.listing import SHORT, policy_hash

NO_LIMIT = "none"


def parsed_hours(given: Sequence[str], policy: PrioritiseParams) -> dict[str, float | None]:
    """Return channel -> hours from texts such as ``call=120`` or ``visit=none``.

    Raises:
        ParamsError: another form, an unknown channel, or no number of hours.
    """
    found: dict[str, float | None] = {}
    for text in given:
        channel, _, amount = text.partition("=")
        if channel not in policy.channels or not amount:
            raise ParamsError(
                f"--hours has {text!r}", where=WHERE, allowed="CHANNEL=HOURS, channels: " + ", ".join(policy.channels)
            )
        found[channel] = amount_of("--hours", amount)
    return found


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
        name: one.model_copy(update={"hours": hours[name]}) if name in hours else one
        for name, one in policy.channels.items()
    }
    return policy.model_copy(update={**changes, "channels": channels})


def newest_options(root: Path) -> pd.DataFrame:
    """Return the open options of the newest as_of.

    Raises:
        MissingInputError: prioritise has not run.
    """
    path = root / OPTIONS.path
    if not path.exists():
        raise MissingInputError("not there", where=OPTIONS.path, next_step="run `savedesk prioritise` or `dvc repro`")
    engine = load_params(root)[EngineParams.key]
    assert isinstance(engine, EngineParams)  # noqa: S101 - for the type checker
    with open_engine(engine, "prioritise") as opened:
        table = opened.read(OPTIONS, path)
        newest = table.filter((table.as_of == table.as_of.max()) & table.open)
        rows: pd.DataFrame = newest.order_by(list(OPTIONS.key)).to_pandas()
    return rows


def outdated(options: pd.DataFrame, policy: PrioritiseParams) -> list[str]:
    """Return which figures of params.yaml are others than the options were priced with, one line each."""
    of_channel = {
        name: {"contact_cost": one.cost, "contact_minutes": one.minutes} for name, one in policy.channels.items()
    }
    of_action = {name: {"take_up": one.take_up} for name, one in policy.actions.items()}
    found = []
    for key, given in (("channel", of_channel), ("action", of_action)):
        for name, figures in given.items():
            rows = options[options[key] == name]
            for column, now in figures.items():
                made = float(rows[column].iloc[0]) if len(rows) else now
                if made != now:
                    found.append(f"{column} of {name} is {now:g}, and was {made:g} when the newest list was made")
    return found


def changed_rules(root: Path, policy: PrioritiseParams) -> list[str]:
    """Return a line where params.yaml holds another policy than the newest list was made with."""
    own = [run for run in runs(root) if run.newest and run.folder == root]
    then = made_with(own[-1]) if own else ""
    if not then or then == policy_hash(policy)[:SHORT]:
        return []
    now = "these are the limits of now, with the save rates, offers and rules of then"
    return [f"the section prioritise has changed since the newest list was made; {now}"]
