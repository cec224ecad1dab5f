"""The windows around each day of decision."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "windows_head": "What was seen when",
    "windows_note": "Each line is a day of decision. Features see the time before it; the model has learned from "
    "{train} of these days and is judged on {test} later ones. {embargo} others are not used, because their outcomes "
    "overlap with those, or could not be known yet. The newest has no outcome yet: the list is made for it.",
    "windows_snapshot": "This source is one snapshot without dates: everybody is seen on the same day, "
    "and folds are stratified and random.",
    "windows_alt": "Windows around each day of decision from {first} to {last}: time seen, lead, outcome window, "
    "and the day on which labels were known",
    "windows_observed": "seen by features",
    "windows_lead": "lead: time to act",
    "windows_outcome": "churn is counted",
    "windows_known": "labels known",
    "windows_fold": ", fold {number:.0f}",
    "windows_part": "Part",
    "windows_said": "From, to",
    "tip_known": "Labels known on {day}",
    "tip_observed": "Seen by features: {first} to {last}; {rows} subscribers",
    "tip_lead": "Lead, time to act: {first} to {last}",
    "tip_outcome": "Churn is counted: {first} to {last}; {churners} of {rows} left",
    "tip_unripe": "Churn is counted: {first} to {last}; how many of {rows} leave is not known yet",
    "role_train": "learn",
    "role_embargo": "unused",
    "role_test": "judge",
    "role_score": "decide",
}

CHINESE: dict[str, str] = {
    "windows_head": "何时看到了什么",
    "windows_note": "每一行是一个观察日。特征只看观察日之前；模型从其中 {train} 个观察日学习，"
    "并用之后的 {test} 个评判。另有 {embargo} 个不使用，因为其结果与评判期重叠或尚不可知。"
    "最新的观察日尚无结果：名单正是为它而做。",
    "windows_snapshot": "该数据源是没有日期的单次快照：所有人在同一天被观察，各折为分层随机。",
    "windows_alt": "{first} 至 {last} 各观察日的窗口：观察期、提前期、表现期以及结果可知之日",
    "windows_observed": "特征可见",
    "windows_lead": "提前期：行动时间",
    "windows_outcome": "统计离网",
    "windows_known": "结果可知",
    "windows_fold": "，第 {number:.0f} 折",
    "windows_part": "部分",
    "windows_said": "起止",
    "tip_known": "{day} 结果可知",
    "tip_observed": "特征可见：{first} 至 {last}；用户 {rows}",
    "tip_lead": "提前期，行动时间：{first} 至 {last}",
    "tip_outcome": "统计离网：{first} 至 {last}；{rows} 人中 {churners} 人离网",
    "tip_unripe": "统计离网：{first} 至 {last}；{rows} 人中有多少人离网尚不可知",
    "role_train": "学习",
    "role_embargo": "不用",
    "role_test": "评判",
    "role_score": "决策",
}
