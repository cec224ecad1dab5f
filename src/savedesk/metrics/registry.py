"""All metrics, in the order in which they are shown: money first."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from savedesk.metrics.champion import of_champion
from savedesk.metrics.contact_list import CONTACT_LIST
from savedesk.metrics.declaration import Metric, Place
from savedesk.metrics.drift import DRIFT
from savedesk.metrics.groups import GROUPS
from savedesk.metrics.lists_of_equal_size import EQUAL_SIZE
from savedesk.metrics.money import DESK, MONEY
from savedesk.metrics.probability import PROBABILITY
from savedesk.metrics.ranking import RANKING
from savedesk.metrics.running_sums import Floats, percent
from savedesk.metrics.score_sums import ScoreSums
from savedesk.metrics.time_to_churn import TIME_TO_CHURN

_JUDGED = (*MONEY, *RANKING, *PROBABILITY, *TIME_TO_CHURN, *CONTACT_LIST, *DRIFT)
METRICS: tuple[Metric, ...] = (*_JUDGED, *of_champion(_JUDGED), *GROUPS, *EQUAL_SIZE)
EVERY: tuple[Metric, ...] = (*METRICS, *DESK)


def shown_in(place: Place) -> tuple[Metric, ...]:
    """Return the metrics that are shown in a place, in their order."""
    return tuple(metric for metric in METRICS if metric.is_shown(place))


def metric_of(figure: str) -> Metric:
    """Return the metric of a figure: ``lift_at_5pct`` is one of ``lift_at``.

    Raises:
        LookupError: it is not declared.
    """
    name, _ = parted(figure)
    try:
        return _by_name()[name]
    except KeyError as error:
        raise LookupError(f"the metric {figure} is not declared in savedesk.metrics") from error


def parted(figure: str) -> tuple[str, str]:
    """Return the name of a metric and its share: ``lift_at_5pct`` is (``lift_at``, ``5``)."""
    head, _, share = figure.rpartition("_")
    return (head, share.removesuffix("pct")) if share.endswith("pct") else (figure, "")


def place_of(figure: str) -> tuple[int, float]:
    """Return the place of a figure among all, by metric and then by share."""
    name, share = parted(figure)
    return list(_by_name()).index(name), float(share or 0)


def figures_of_score(sums: ScoreSums) -> dict[str, Floats]:
    """Return the figures that are made of the sums of a score, one for each sample; those of the list if it has one."""
    return dict(_figures(sums))


def _figures(sums: ScoreSums) -> Iterator[tuple[str, Floats]]:
    for metric in METRICS:
        if metric.of_list and sums.on_list is None:
            continue
        if metric.figure:
            yield metric.name, metric.figure(sums)
        if metric.by_share:
            for share in sums.params.top_shares:
                yield f"{metric.name}_{percent(share)}", metric.by_share(sums, share)


@cache
def _by_name() -> dict[str, Metric]:
    return {metric.name: metric for metric in METRICS}
