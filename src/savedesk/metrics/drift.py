"""Metrics of drift: have scores and features moved?"""

from __future__ import annotations

from savedesk.metrics.declaration import LOWER, Metric

DRIFT = (
    Metric(
        "score_psi",
        group="drift",
        definition="population stability index of the scores of a scored as_of against those of the one before "
        "it, over its deciles; the largest",
        range="0 (no change) up",
        en="Shift of the scores from as-of date to as-of date, largest PSI",
        zh="各观察日之间评分的偏移（最大 PSI）",
        better=LOWER,
        digits=2,
    ),
    Metric(
        "feature_psi",
        group="drift",
        definition="PSI of a feature at a scored as_of against the bands that training saw "
        "(`feature_statistics`), missing being a band; the largest",
        range="0 up",
        en="Shift of a feature since training, largest PSI",
        zh="特征相对训练期的偏移（最大 PSI）",
        better=LOWER,
        digits=2,
    ),
    Metric(
        "features_shifted",
        group="drift",
        definition="features whose PSI is above `features.shifted_psi` at some scored as_of; "
        "`features_shifted_most` names the worst",
        range="0 up",
        en="Features that have shifted since training",
        zh="相对训练期已偏移的特征数",
        better=LOWER,
    ),
)
