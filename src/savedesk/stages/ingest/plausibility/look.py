"""All looks at what is implausible, one aggregate each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from savedesk.params.ingest import PlausibleParams
from savedesk.stages.ingest.plausibility.accounts import large_households
from savedesk.stages.ingest.plausibility.after_exit import used_after_exit
from savedesk.stages.ingest.plausibility.ahead import both_on_one_day, far_ahead, known_far_before
from savedesk.stages.ingest.plausibility.amounts import one_has_it_all, one_price
from savedesk.stages.ingest.plausibility.days import shared_days
from savedesk.stages.ingest.plausibility.delivery import undelivered
from savedesk.stages.ingest.plausibility.impossible import impossible_use
from savedesk.stages.ingest.plausibility.migration import migrations
from savedesk.stages.ingest.plausibility.people import ages_and_tenures
from savedesk.stages.ingest.plausibility.spellings import several_spellings


def implausible(tables: Mapping[str, Any], params: PlausibleParams, latest: dt.date, *, dated: bool) -> list[str]:
    """Return a warning for each thing that no operator has.

    Args:
        tables: canonical tables by name, those that the source has.
        params: above which figures a thing is implausible.
        latest: day on which the data were taken.
        dated: whether the source has days; in a snapshot many rows rightly share one.

    Raises:
        DataContractError: what was seen would decide the list.
    """
    said = [
        *large_households(tables, params),
        *one_has_it_all(tables, params),
        *ages_and_tenures(tables, params, latest),
        *undelivered(tables, params, latest, dated=dated),
        *impossible_use(tables),
        *several_spellings(tables),
    ]
    if dated:
        said += [*shared_days(tables, params), *one_price(tables, params), *migrations(tables, params)]
        said += [*far_ahead(tables, params, latest), *known_far_before(tables, params)]
        said += [*both_on_one_day(tables), *used_after_exit(tables)]
    return said
