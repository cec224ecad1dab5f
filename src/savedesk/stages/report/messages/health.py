"""Data health: rows accepted and in quarantine, and what the source lacks."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "data_words": "{away} of {rows} rows broke a rule and are kept aside; the rest is in use",
    "data_clean": "All {rows} rows keep the rules and are in use",
    "health_caption": "Rows accepted and rows in quarantine by table",
    "loss_head": "What is unknown of many subscribers",
    "loss": "{table}: rows or values of {subscribers} subscribers ({share}) were turned away or could not be read",
    "raw_files": "Raw files",
    "table": "Table",
    "accepted": "Accepted",
    "repaired": "Of these, without a value that cannot be read",
    "quarantined": "In quarantine",
    "touched": "Subscribers of whom something is unknown (by the commonest rule)",
    "rules": "Rules broken",
    "lacks_head": "What this source lacks",
    "lacks_nothing": "Every table that Savedesk knows has rows.",
    "lacks_tables": "no rows in: {tables}",
}

CHINESE: dict[str, str] = {
    "data_words": "{rows} 行数据中有 {away} 行违反规则并被隔离，其余均已使用",
    "data_clean": "全部 {rows} 行数据符合规则并已使用",
    "health_caption": "各表接收与隔离的行数",
    "loss_head": "涉及较多用户的未知信息",
    "loss": "{table}：{subscribers} 个用户（{share}）的记录或数值被隔离或无法读取",
    "raw_files": "原始文件",
    "table": "表",
    "accepted": "接收",
    "repaired": "其中缺少无法读取的值",
    "quarantined": "隔离",
    "touched": "有未知信息的用户数（按最常见的规则）",
    "rules": "违反的规则",
    "lacks_head": "本数据源缺少什么",
    "lacks_nothing": "Savedesk 所知的各表均有数据。",
    "lacks_tables": "以下表没有数据：{tables}",
}
