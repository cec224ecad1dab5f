"""Metrics of the list: who is on it, who is missing, and whether it stays the same."""

from __future__ import annotations

from savedesk.metrics.declaration import HIGHER, LOWER, Form, Metric
from savedesk.metrics.running_sums import ratio

_ENDS = " (ends: least and most)"
_ENDS_ZH = "（两端为最低与最高）"
CONTACT_LIST = (
    Metric(
        "contact_rate",
        group="list",
        definition="share of the rows that are on the list",
        range="0 to 1",
        en="Subscribers on the list",
        zh="列入名单的用户占比",
        form=Form.PERCENT,
        figure=lambda sums: ratio(sums.listed.contacts, sums.rows),
        of_list=True,
        groups_en="are on the list",
    ),
    Metric(
        "precision_at_capacity",
        group="list",
        definition="churn rate of the list",
        range="0 to 1",
        en="Churn rate of the list",
        zh="名单的流失率",
        better=HIGHER,
        form=Form.PERCENT,
        figure=lambda sums: ratio(sums.listed.churners, sums.listed.contacts),
        of_list=True,
    ),
    Metric(
        "value_caught_at_capacity",
        group="list",
        definition="churned value (remaining value, not below 0, of churners) on the list / all of it",
        range="0 to 1",
        en="Churned value on the list",
        zh="名单中的流失价值占比",
        better=HIGHER,
        form=Form.PERCENT,
        figure=lambda sums: ratio(sums.listed.churned_value, sums.listed.all_churned_value),
        of_list=True,
    ),
    Metric(
        "false_negative_rate",
        group="list",
        definition="churners who are not on the list / all churners",
        range="0 to 1",
        en="Churners who are not on the list",
        zh="未列入名单的流失用户占比",
        better=LOWER,
        form=Form.PERCENT,
        figure=lambda sums: 1 - ratio(sums.listed.churners, sums.churners),
        of_list=True,
        groups_en="of their churners are not on it",
    ),
    Metric(
        "false_positive_rate",
        group="list",
        definition="stayers who are on the list / all stayers",
        range="0 to 1",
        en="Stayers who are on the list",
        zh="列入名单的留存用户占比",
        better=LOWER,
        form=Form.PERCENT,
        figure=lambda sums: ratio(sums.listed.contacts - sums.listed.churners, sums.rows - sums.churners),
        of_list=True,
    ),
    Metric(
        "list_jaccard_months",
        group="list",
        definition="subscribers on both lists / on either (Jaccard 1901) of each scored as_of and the one before"
        " it, of those scored at both; mean, its ends the least and the most. The newest as_of counts"
        " too, which may lie months after the last test date",
        range="0 to 1",
        en=f"Overlap of a list with the one before it{_ENDS}",
        zh=f"与上一期名单的重合度{_ENDS_ZH}",
        better=HIGHER,
        digits=2,
    ),
    Metric(
        "top_k_jaccard_seeds",
        group="list",
        definition="the same of the riskiest `evaluate.capacity_share` of each two seeds of the model's "
        "boosters, at each scored as_of; mean, least and most",
        range="0 to 1",
        en=f"Overlap of whom the model's seeds put first{_ENDS}",
        zh=f"模型各随机种子首选用户的重合度{_ENDS_ZH}",
        better=HIGHER,
        digits=2,
    ),
    Metric(
        "top_k_jaccard_halves",
        group="list",
        definition="in its place where the model has one seed: of two halves of its trees, dealt out in turns. "
        "Halves agree less than whole models would",
        range="0 to 1",
        en=f"Overlap of whom two halves of the model put first{_ENDS}",
        zh=f"模型两半首选用户的重合度{_ENDS_ZH}",
        better=HIGHER,
        digits=2,
    ),
)
