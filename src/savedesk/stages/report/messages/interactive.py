"""The page of charts that answer to the mouse."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "charts_head": "Charts of the model, to point at",
    "charts_note": "Point at a mark for its figures, click a name in a legend to see it alone, drag or scroll to move.",
    "charts_contacts": "contacts a month",
    "charts_gain": "realised gain a month ({currency})",
    "charts_ranking": "contacted in the order of",
    "charts_share": "subscribers contacted, riskiest first",
    "charts_caught": "churners among them",
    "charts_model": "ranked by",
    "charts_predicted": "predicted churn probability",
    "charts_observed": "observed churn rate",
    "charts_rows": "rows",
    "charts_lift": "lift",
    "charts_month": "months from the outcome window's start",
    "charts_gone": "share that has left",
    "charts_sample": "subscribers",
    "charts_slice": "group",
    "charts_by": "groups by ",
    "charts_auc": "AUC, with interval",
    "charts_gap": "predicted minus observed churn rate, with interval",
}

CHINESE: dict[str, str] = {
    "charts_head": "模型图表（可交互）",
    "charts_note": "指向图形查看数值，点击图例单独查看，拖动或滚动可移动和缩放。",
    "charts_contacts": "每月联系人数",
    "charts_gain": "每月实现收益（{currency}）",
    "charts_ranking": "联系顺序依据",
    "charts_share": "联系的用户占比（风险从高到低）",
    "charts_caught": "其中的流失用户占比",
    "charts_model": "排序依据",
    "charts_predicted": "预测流失概率",
    "charts_observed": "实际流失率",
    "charts_rows": "行数",
    "charts_lift": "提升度",
    "charts_month": "自表现期开始的月数",
    "charts_gone": "已流失占比",
    "charts_sample": "用户",
    "charts_slice": "分组",
    "charts_by": "分组方式 ",
    "charts_auc": "AUC 及区间",
    "charts_gap": "预测与实际流失率之差及区间",
}
