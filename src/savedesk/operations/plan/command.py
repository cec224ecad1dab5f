"""The command ``savedesk plan``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from savedesk.errors import ParamsError
from savedesk.operations.plan.asked import (
    amount_of,
    asked,
    changed_rules,
    newest_run,
    open_options,
    outdated,
    parsed_hours,
)
from savedesk.params.load import load_params
from savedesk.params.prioritise import PrioritiseParams
from savedesk.policy.curve import WHERE, gain_curve
from savedesk.schemas.source_facts import FILE

FORMATS = (".png", ".svg", ".pdf")


def planned(root: Path, limits: Mapping[str, str], hours: Sequence[str], vary: str, plot: Path | None) -> None:
    """Print, and draw where asked, what the newest list would earn within other limits.

    Args:
        root: project folder.
        limits: ``budget`` and ``contacts`` as given; an empty text leaves that of params.yaml.
        hours: texts such as ``call=120``.
        vary: limit to vary.
        plot: file to draw into.

    Raises:
        ParamsError: a limit that cannot be read, or that is not there to vary.
        MissingInputError: prioritise has not run, or left no option open.
    """
    policy = load_params(root)[PrioritiseParams.key]
    assert isinstance(policy, PrioritiseParams)  # noqa: S101 - for the type checker
    if plot and plot.suffix not in FORMATS:
        raise ParamsError(f"--plot has {plot.name!r}", where=WHERE, allowed="a file that ends in " + ", ".join(FORMATS))
    changes = {name: amount_of(f"--{name}", text) for name, text in limits.items() if text}
    wanted = asked(policy, changes, parsed_hours(hours, policy))
    run = newest_run(root)
    offered = open_options(run)
    changed = outdated(offered, policy) + changed_rules(run, policy)
    curve = gain_curve(offered, wanted, vary)
    from savedesk.operations.plan.view import draw, tell, warn  # noqa: PLC0415 - what draws is slow to load

    facts = root / FILE.path
    currency = str(json.loads(facts.read_text(encoding="utf-8")).get("currency") or "") if facts.exists() else ""
    tell(curve, currency)
    warn(changed)
    if plot:
        draw(curve, currency, plot)
