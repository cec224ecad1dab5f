"""The frame of the page: title, banners, the words that every section uses."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "language": "en",
    "title": "Save desk report",
    "skip": "Skip to the list",
    "contents": "Contents",
    "list_of": "List of {as_of}",
    "extracted": "data taken {day}",
    "banner_snapshot_head": "One snapshot, no dates.",
    "banner_snapshot": "Folds are stratified and random, not forward in time. "
    "Every figure of the model on this page is made so.",
    "banner_simulated_head": "Simulated operator.",
    "banner_simulated": "The subscribers on this page were invented by the simulator.",
    "about": "Source: {title}. Origin: {origin}. Licence: {licence}.",
    "made_by": "Made by Savedesk. This page loads nothing from anywhere.",
    "none": "-",
}

CHINESE: dict[str, str] = {
    "language": "zh-Hans",
    "title": "客户挽留报告",
    "skip": "跳到名单",
    "contents": "目录",
    "list_of": "{as_of} 名单",
    "extracted": "数据截至 {day}",
    "banner_snapshot_head": "单次快照，无日期。",
    "banner_snapshot": "验证折为分层随机划分，并非按时间向前；本页所有模型指标均由此得出。",
    "banner_simulated_head": "模拟运营商。",
    "banner_simulated": "本页用户均由模拟器虚构。",
    "about": "数据源：{title}。来源：{origin}。许可：{licence}。",
    "made_by": "由 Savedesk 生成。本页不加载任何外部内容。",
    "none": "-",
}
