"""Family competition: what others offer in the region."""

from __future__ import annotations

from typing import Any

from savedesk.stages.features.declaration import feature


@feature(
    "region",
    unit="ratio",
    window="1 month",
    direction=-1,
    reason="competition",
    speaks=(None, 0.95),
    en="competitor's plan costs {value:.0%} of ours",
)
def competitor_price_index(row: Any) -> Any:
    """Cheapest comparable plan of a competitor over the own plan, newest month known."""
    return row.price_index


@feature(
    "region",
    unit="campaigns",
    window="1 month",
    empty=0,
    direction=1,
    reason="competition",
    speaks=(1, None),
    en="{value:competitor campaign/competitor campaigns} in the region",
)
def competitor_campaigns_1m(row: Any) -> Any:
    """Competitors' campaigns in the newest month known."""
    return row.campaigns_1m


@feature("region", unit="campaigns", window="3 months", empty=0, direction=1)
def competitor_campaigns_3m(row: Any) -> Any:
    """Competitors' campaigns within 3 months."""
    return row.campaigns_3m


@feature("region", unit="ratio", window="3 months", direction=-1)
def competitor_price_index_lowest_3m(row: Any) -> Any:
    """Lowest price index of the region within 3 months."""
    return row.price_index_lowest


@feature(
    "region",
    unit="ratio",
    window="1 month against 3 months before",
    direction=-1,
    reason="competition",
    speaks=(None, -0.02),
    en="competitor's price fell by {value:abs .0%} of ours in 3 months",
)
def competitor_price_change_3m(row: Any) -> Any:
    """Price index of the newest month known less that of the newest month more than 3 months ago."""
    return row.price_index - row.price_index_before
