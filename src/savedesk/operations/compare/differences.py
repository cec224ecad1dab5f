"""What else differs between two runs: params, features, and who is on the newest list."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from savedesk.operations.compare.paired import SIDES
from savedesk.operations.runs.run_contents import RunContents

ABSENT = "-"  # a param that a run did not have
SHOWN = ("rank", "tier", "segment", "region", "action", "expected_gain")


@dataclass(frozen=True)
class Features:
    """Columns of the two models: those that only ``b`` has, those that only ``a`` has, and how many both have."""

    added: tuple[str, ...]
    dropped: tuple[str, ...]
    both: int


@dataclass(frozen=True)
class Lists:
    """The newest lists of two runs, if they are of one as_of.

    Args:
        as_of: of both.
        rows: one row for each subscriber on either: rank, tier, segment, region, action and expected_gain with ``_a``
            and ``_b``; absent where not on that list.
    """

    as_of: str
    rows: pd.DataFrame

    @property
    def both(self) -> pd.DataFrame:
        """Rows of those on both lists."""
        return self.rows[self.rows["rank_a"].notna() & self.rows["rank_b"].notna()]

    def only(self, side: str) -> pd.DataFrame:
        """Return the rows of those on one list alone, the most gain first."""
        other = SIDES[1 - SIDES.index(side)]
        alone = self.rows[self.rows[f"rank{other}"].isna()]
        return alone.sort_values([f"expected_gain{side}", "subscriber_id"], ascending=[False, True])

    @property
    def overlap(self) -> float:
        """Jaccard index of the two, 0 to 1."""
        return len(self.both) / len(self.rows) if len(self.rows) else 1.0


def params_that_differ(a: RunContents, b: RunContents) -> list[tuple[str, str, str]]:
    """Return name and both values of each param that differs, by name."""
    names = sorted({*a.params, *b.params})
    pairs = [(name, str(a.params.get(name, ABSENT)), str(b.params.get(name, ABSENT))) for name in names]
    return [pair for pair in pairs if pair[1] != pair[2]]


def features_that_differ(a: RunContents, b: RunContents) -> Features | None:
    """Return the features of one model alone, in their order; None where those of a run are not known here."""
    if a.features is None or b.features is None:
        return None
    added = tuple(name for name in b.features if name not in a.features)
    dropped = tuple(name for name in a.features if name not in b.features)
    return Features(added, dropped, len({*a.features} & {*b.features}))


def lists_of(a: RunContents, b: RunContents) -> Lists | None:
    """Return the newest lists beside each other; None where one is not here, is empty, or they are of two days."""
    if a.listed is None or b.listed is None or a.listed.empty or b.listed.empty:
        return None
    days = [str(listed["receipt"].iloc[0]).partition(".")[0] for listed in (a.listed, b.listed)]
    if days[0] != days[1]:
        return None
    parts = [listed[["subscriber_id", *SHOWN]] for listed in (a.listed, b.listed)]
    return Lists(days[0], parts[0].merge(parts[1], on="subscriber_id", how="outer", suffixes=SIDES))
