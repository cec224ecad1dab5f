"""Metrics of a ranking: who comes first.

scikit-learn's functions give the same numbers (tests hold them against each other), but sort anew for each sample.
"""

from __future__ import annotations

import numpy as np

from savedesk.metrics.declaration import HIGHER, LOWER, PAGE, Form, Metric, Place
from savedesk.metrics.running_sums import Floats, Totals, ratio, within


def auc(t: Totals) -> Floats:
    """Return the area under the ROC curve, 0 to 1; equal scores count half. NaN where there is one class only."""
    places = np.append(0, t.ends)
    churners = t.churners[..., places]
    stayers = t.rows[..., places] - churners
    area = np.sum(np.diff(stayers) * (churners[..., 1:] + churners[..., :-1]), axis=-1) / 2
    return ratio(area, churners[..., -1] * stayers[..., -1])


def average_precision(t: Totals) -> Floats:
    """Return the mean precision over the churners, 0 to 1, equal scores taken together. NaN without churners."""
    churners, rows = t.churners[..., t.ends], t.rows[..., t.ends]
    precision = np.divide(churners, rows, out=np.zeros(rows.shape), where=rows > 0)
    weighted = np.diff(churners, prepend=0.0) * precision
    return ratio(np.sum(weighted, axis=-1), churners[..., -1])


def precision_at(t: Totals, share: float) -> Floats:
    """Return the churn rate of the first ``share`` of rows, 0 to 1."""
    return ratio(within(t, t.churners, share), share * t.rows[..., -1])


def lift_at(t: Totals, share: float) -> Floats:
    """Return the churn rate of the first ``share`` of rows over that of all, 0 to 1 / share. NaN without churners."""
    return ratio(precision_at(t, share), ratio(t.churners[..., -1], t.rows[..., -1]))


def value_caught_at(t: Totals, share: float) -> Floats:
    """Return the share of all churned value that the first ``share`` of rows holds. NaN without churned value."""
    return ratio(within(t, t.value, share), t.value[..., -1])


RANKING = (
    Metric(
        "auc",
        group="ranking",
        definition="chance that a random churner is ranked before a random stayer; a tie is half",
        range="0 to 1; 0.5 is chance",
        source="Hanley and McNeil 1982",
        en="AUC (0.5 is chance)",
        zh="AUC（0.5 为随机）",
        noun="AUC",
        noun_zh="AUC",
        better=HIGHER,
        digits=3,
        digits_compared=4,
        figure=lambda sums: auc(sums.totals),
        places=frozenset(
            {Place.PAGE, Place.CARD, Place.CARD_FIRST, Place.SLICES, Place.END, Place.COMPARE, Place.CHAMPION}
        ),
        mlflow="2_ranking/auc",
        unit="0 to 1",
    ),
    Metric(
        "auc_ceiling",
        group="truth",
        definition="AUC of the true probability: no model can rank better, but for luck",
        range="0 to 1",
        en="No model could rank better than this, the AUC of the true chances",
        zh="任何模型的排序都不会优于此值：真实概率的 AUC",
        digits=3,
        places=PAGE | {Place.END},
    ),
    Metric(
        "auc_gap",
        group="truth",
        definition="`auc_ceiling` - `auc`, on the same resamples",
        range="0 (best) up",
        en="So much AUC the model still lacks to that",
        zh="模型与该上限还差这么多 AUC",
        better=LOWER,
        digits=3,
        places=PAGE | {Place.END},
    ),
    Metric(
        "auc_ahead",
        group="baselines",
        definition="AUC of the model - AUC of the baseline",
        range="above 0 the model is better",
        en="So much AUC Savedesk is ahead",
        zh="Savedesk 的 AUC 高出",
        better=HIGHER,
        digits=3,
        places=PAGE | {Place.CARD},
    ),
    Metric(
        "auc_fold_mean",
        group="ranking",
        definition="mean of the folds' AUC; snapshot only",
        range="0 to 1",
        en="AUC, mean of folds (ends: worst and best fold)",
        zh="各折 AUC 均值（两端为最差与最好的折）",
        better=HIGHER,
        digits=3,
    ),
    Metric(
        "average_precision",
        group="ranking",
        definition="sum over thresholds of (recall gained x precision there)",
        range="churn rate (chance) to 1",
        source="as in scikit-learn",
        en="Average precision",
        zh="平均精确率",
        noun="average precision",
        better=HIGHER,
        digits=3,
        figure=lambda sums: average_precision(sums.totals),
        places=PAGE | {Place.CARD, Place.CHAMPION},
        mlflow="2_ranking/average_precision",
        unit="0 to 1",
    ),
    Metric(
        "lift_at",
        group="ranking",
        definition="churn rate of the riskiest share / churn rate of all rows",
        range="0 to 1 / share; 1 is chance",
        en="Lift, riskiest {share}",
        zh="提升度（风险最高 {share}）",
        better=HIGHER,
        digits=2,
        by_share=lambda sums, share: lift_at(sums.totals, share),
        places=PAGE | {Place.CARD, Place.SLICES},
        mlflow="2_ranking/lift_at_10pct",
        unit="times",
    ),
    Metric(
        "precision_at",
        group="ranking",
        definition="churn rate of the riskiest share",
        range="0 to 1",
        en="Churn rate, riskiest {share}",
        zh="流失率（风险最高 {share}）",
        better=HIGHER,
        form=Form.PERCENT,
        by_share=lambda sums, share: precision_at(sums.totals, share),
    ),
    Metric(
        "value_caught_at",
        group="ranking",
        definition="remaining value (not below 0) of the churners in the riskiest share / that of all churners",
        range="0 to 1",
        en="Churned value, riskiest {share}",
        zh="流失价值占比（风险最高 {share}）",
        better=HIGHER,
        form=Form.PERCENT,
        by_share=lambda sums, share: value_caught_at(sums.totals, share),
        mlflow="2_ranking/value_caught_at_10pct",
        unit="share",
    ),
)
