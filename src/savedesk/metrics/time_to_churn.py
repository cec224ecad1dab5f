"""Metrics of the survival curves: is the time to churn right?"""

from __future__ import annotations

from savedesk.metrics.declaration import HIGHER, LOWER, PAGE, Form, Metric, Place

_SAMPLES = (("test", "later months", "之后的月份"), ("held_out", "subscribers held out", "留出用户"))
_BRIER_DIGITS = 4


def _of(sample: str, en: str, zh: str) -> tuple[Metric, Metric, Metric]:
    name, places = f"integrated_brier_{sample}", PAGE | {Place.CARD}
    return (
        Metric(
            name,
            group="time_to_churn",
            definition="mean over the months t of the mean squared error of P(gone by t); rows followed through t",
            range="0 (best) to 1",
            source="Graf et al. 1999; the end of follow-up is the same for all rows of an as_of, so that no "
            "censoring weights are needed",
            en=f"Time to churn: integrated Brier score, {en}",
            zh=f"流失时间：积分 Brier 分数（{zh}）",
            better=LOWER,
            digits=_BRIER_DIGITS,
            places=places,
        ),
        Metric(
            f"{name}_tenure",
            group="time_to_churn",
            definition="the same by Kaplan-Meier by tenure",
            range="0 to 1",
            source="Kaplan and Meier 1958",
            en=f"The same of Kaplan-Meier by tenure, {en}",
            zh=f"按在网时长 Kaplan-Meier 的同一分数（{zh}）",
            digits=_BRIER_DIGITS,
            places=places,
        ),
        Metric(
            f"{name}_skill",
            group="time_to_churn",
            definition="1 - the first / the second",
            range="up to 1; 0: no better than tenure",
            en=f"So much lower is it than that, {en}",
            zh=f"比其低多少（{zh}）",
            better=HIGHER,
            form=Form.PERCENT,
            places=places,
        ),
    )


TIME_TO_CHURN = tuple(metric for sample in _SAMPLES for metric in _of(*sample))
