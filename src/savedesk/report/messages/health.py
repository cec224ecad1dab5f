"""Data health: rows accepted and in quarantine, and what the source lacks."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "data_words": "{away} of {rows} rows broke a rule and are kept aside; the rest is in use",
    "data_clean": "All {rows} rows keep the rules and are in use",
    "health_caption": "Rows accepted and rows in quarantine by table",
    "raw_files": "Raw files",
    "table": "Table",
    "accepted": "Accepted",
    "quarantined": "In quarantine",
    "rules": "Rules broken",
    "lacks_head": "What this source lacks",
    "lacks_nothing": "Every table that Savedesk knows has rows.",
    "lacks_tables": "no rows in: {tables}",
}

CHINESE: dict[str, str] = {
    "data_words": "{rows} 行数据中有 {away} 行违反规则并被隔离，其余均已使用",
    "data_clean": "全部 {rows} 行数据符合规则并已使用",
    "health_caption": "各表接收与隔离的行数",
    "raw_files": "原始文件",
    "table": "表",
    "accepted": "接收",
    "quarantined": "隔离",
    "rules": "违反的规则",
    "lacks_head": "本数据源缺少什么",
    "lacks_nothing": "Savedesk 所知的各表均有数据。",
    "lacks_tables": "以下表没有数据：{tables}",
}
