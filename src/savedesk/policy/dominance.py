"""Options that need no search: those that another beats outright, and groups that offer the same."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

LOOK_BACK = 32  # better options of the same group that an option is compared with


def undominated(gain: Vector, takes: Vector, group: Integers) -> Integers:
    """Return the options worth a search, in their order: those that gain, and that none of their group beats.

    An option is beaten by one of its group that gains as much and takes as little of every limit. An account with very
    many options keeps some beaten ones; that costs time, never gain.

    Args:
        gain: money of each option.
        takes: limits x options.
        group: number of the account (or subscriber) of each option.
    """
    useful = np.flatnonzero(gain > 0)
    order = useful[np.lexsort((useful, -gain[useful], group[useful]))]
    beaten = np.zeros(len(order), dtype=bool)
    for step in range(1, min(LOOK_BACK, len(order))):
        better, worse = order[:-step], order[step:]
        same = group[better] == group[worse]
        if not same.any():
            break
        beaten[step:] |= same & (takes[:, better] <= takes[:, worse]).all(axis=0)
    kept: Integers = np.sort(order[~beaten])
    return kept


def first_come(picked: Flags, gain: Vector, takes: Vector, group: Integers) -> Flags:
    """Return an equally good plan in which, of groups that offer the same, the first ones are served best.

    The solver is free to take either of two equal subscribers; the order of the options (subscriber_id) decides.
    """
    members = np.split(np.argsort(group, kind="stable"), np.cumsum(np.bincount(group))[:-1])
    alike: dict[bytes, list[Integers]] = {}
    for options in sorted(members, key=lambda member: int(member[0])):
        best = options[np.lexsort((options, -gain[options]))]
        alike.setdefault(gain[best].tobytes() + takes[:, best].tobytes(), []).append(best)
    settled = np.zeros(len(picked), dtype=bool)
    for groups in alike.values():
        served = sorted(int(np.argmax(picked[options])) for options in groups if picked[options].any())
        for place, options in zip(served, groups, strict=False):
            settled[options[place]] = True
    return settled
