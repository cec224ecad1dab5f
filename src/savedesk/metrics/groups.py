"""Metrics of groups of subscribers: how many are off, shares of the types of churn, and true causes."""

from __future__ import annotations

from savedesk.metrics.declaration import HIDDEN, LOWER, Form, Metric

GROUPS = (
    Metric(
        "slices_judged",
        group="slices",
        definition="slices whose predicted rate could be judged",
        range="0 up",
        places=HIDDEN,
    ),
    Metric(
        "slices_off",
        group="slices",
        definition="of them, those whose interval of `calibration_gap` does not hold 0",
        range="0 up",
        better=LOWER,
        places=HIDDEN,
    ),
    Metric(
        "slices_off_by_chance",
        group="slices",
        definition="so many would be off of a perfectly calibrated model",
        range="0 up",
        digits=1,
        places=HIDDEN,
    ),
    Metric(
        "predicted_share",
        group="slices",
        definition="a type's share of the churn that was expected",
        range="0 to 1",
        form=Form.PERCENT,
        places=HIDDEN,
    ),
    Metric(
        "observed_share",
        group="slices",
        definition="its share of the churn that was seen",
        range="0 to 1",
        form=Form.PERCENT,
        places=HIDDEN,
    ),
    Metric(
        "true_rate",
        group="slices",
        definition="of the rows of a true cause: mean true chance",
        range="0 to 1",
        form=Form.PERCENT,
        places=HIDDEN,
    ),
)
