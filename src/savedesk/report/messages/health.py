"""Data health: rows accepted and in quarantine, and what the source lacks."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "health_head": "Data health",
    "health_caption": "Rows accepted and rows in quarantine by table",
    "table": "Table",
    "accepted": "Accepted",
    "quarantined": "In quarantine",
    "rules": "Rules broken",
    "lacks_head": "What this source lacks",
    "lacks_note": "Features that need these are missing, so the model and its reasons know nothing of them.",
    "lacks_nothing": "Every table that Savedesk knows has rows.",
    "lacks_tables": "no rows in: {tables}",
}

CHINESE: dict[str, str] = {
    "health_head": "数据质量",
    "health_caption": "各表接收与隔离的行数",
    "table": "表",
    "accepted": "接收",
    "quarantined": "隔离",
    "rules": "违反的规则",
    "lacks_head": "本数据源缺少什么",
    "lacks_note": "依赖这些数据的特征缺失，模型和流失原因都无法反映它们。",
    "lacks_nothing": "Savedesk 所知的各表均有数据。",
    "lacks_tables": "以下表没有数据：{tables}",
}
