"""What the files say, in the run's language."""

from __future__ import annotations

from savedesk.numerals import as_numeral
from savedesk.schemas.table import Column

WORDS: dict[str, dict[str, str]] = {
    "contact": {"en": "gains {gain:,.2f}", "zh": "预期收益 {gain:,.2f}"},
    "hold_out": {
        "en": "would be listed (gain {gain:,.2f}); held out to measure the effect",
        "zh": "本应列入名单（预期收益 {gain:,.2f}），作为对照组留出",
    },
    "below_line": {
        "en": "gains {gain:,.2f}, but budget or hours go to those who gain more",
        "zh": "预期收益 {gain:,.2f}，预算或工时留给收益更高的用户",
    },
    "small_gain": {
        "en": "gains {gain:,.2f}; below {least:,.2f} nobody is disturbed",
        "zh": "预期收益 {gain:,.2f}，低于 {least:,.2f} 不打扰用户",
    },
    "because_complaint": {"en": "an open complaint", "zh": "有未结投诉"},
    "because_any": {"en": "a contact that needs no reason", "zh": "无需特定原因的联系"},
    "not_noticed": {
        "en": "pays for more than is used and has not noticed: do not bring it up",
        "zh": "套餐高于实际用量，用户尚未察觉：请勿主动提及",
    },
    "not_noticed_because": {
        "en": "pays for more than is used and has not noticed: make the offer without a word about that",
        "zh": "套餐高于实际用量，用户尚未察觉：可提供该优惠，但不要提及此事",
    },
    "account": {
        "en": "another line of the account {account} is contacted or held out",
        "zh": "同账户 {account} 的其他线路已联系或留作对照",
    },
    "held_below": {
        "en": "in the hold-out, and below the line (gain {gain:,.2f})",
        "zh": "属于对照组，且未达名单线（预期收益 {gain:,.2f}）",
    },
    "quiet": {
        "en": "contacted {figure:.0f} days ago; quiet for {rule} days",
        "zh": "{figure:.0f} 天前已联系，静默期 {rule} 天",
    },
    "status_unknown": {
        "en": "may have left: a status change was turned away by ingest (data/ingest/quarantine.parquet)",
        "zh": "可能已离网：有一条状态变更被隔离（data/ingest/quarantine.parquet）",
    },
    "contact_unknown": {
        "en": "may have been contacted lately: a contact was turned away by ingest (data/ingest/quarantine.parquet)",
        "zh": "近期可能已被联系：有一条联系记录被隔离（data/ingest/quarantine.parquet）",
    },
    "too_often": {
        "en": "{figure:.0f} contacts in {days} days; at most {rule}",
        "zh": "{days} 天内已联系 {figure:.0f} 次，上限 {rule} 次",
    },
    "left_since": {"en": "left on {day}, known since as_of", "zh": "已于 {day} 离网（观察日后得知）"},
    "left_reported": {"en": "has left already, as reported on {day}", "zh": "{day} 反馈已离网"},
    "under_notice_since": {"en": "gave notice to leave on {day}, since as_of", "zh": "观察日后已于 {day} 申请离网"},
    "suspended_since": {"en": "suspended since {day}, known since as_of", "zh": "自 {day} 停机（观察日后得知）"},
    "asked_since": {"en": "asked on {day} not to be called", "zh": "{day} 要求不再联系"},
    "wrong_number_since": {
        "en": "somebody else answered on {day}: mend the number first",
        "zh": "{day} 联系时号码有误，请先更正号码",
    },
    "contacted_since": {
        "en": "contacted on {day}, since as_of; quiet for {rule} days",
        "zh": "观察日后已于 {day} 联系，静默期 {rule} 天",
    },
    "no_consent": {"en": "no consent to be contacted", "zh": "未同意被联系"},
    "blocklisted": {"en": "blocklisted", "zh": "黑名单"},
    "no_value": {"en": "remaining value {figure:,.2f} is not above 0", "zh": "剩余价值 {figure:,.2f} 不大于 0"},
    "no_gain": {
        "en": "no action earns its cost; the best, {action}, brings {gain:,.2f}",
        "zh": "任何动作都不划算；最好的 {action} 收益为 {gain:,.2f}",
    },
    "no_option": {"en": "no action is open to this subscriber", "zh": "没有可用动作"},
    "not_candidate": {
        "en": "value at risk is not above {least:,.2f}, the least of the candidates",
        "zh": "风险价值不高于候选用户的最低值 {least:,.2f}",
    },
    "sheet_list": {"en": "List", "zh": "名单"},
    "sheet_key": {"en": "Tier key", "zh": "关键客户"},
    "sheet_core": {"en": "Tier core", "zh": "普通客户"},
    "sheet_small": {"en": "Tier small", "zh": "小客户"},
    "sheet_give_up": {"en": "Give up", "zh": "放弃挽留"},
    "sheet_outcomes": {"en": "Outcomes", "zh": "结果"},
    "sheet_read_me": {"en": "Read me", "zh": "说明"},
    "read_me_title": {"en": "Whom to contact first, as of {as_of}", "zh": "优先联系名单，观察日 {as_of}"},
    "read_me_use": {
        "en": "Work from rank 1 down; contact each subscriber by the day in call_by; note it on the sheet Outcomes.",
        "zh": "从第 1 名开始，在 call_by 日期之前联系，并在“结果”表中记录。",
    },
    "read_me_snapshot": {
        "en": "The source is a snapshot: the list replays its one day; no row was scored by a model that had seen it.",
        "zh": "数据为快照：名单重演该日，每行由未见过该用户的模型评分。",
    },
    "read_me_column": {"en": "column", "zh": "列"},
    "read_me_meaning": {"en": "meaning", "zh": "含义"},
    "read_me_unit": {"en": "unit", "zh": "单位"},
    "read_me_action": {"en": "action", "zh": "动作"},
    "read_me_outcome": {"en": "outcome", "zh": "结果"},
    "read_me_more": {
        "en": "The sheet {sheet} holds the first {rows:,} rows; all of them are in give_up.parquet.",
        "zh": "“{sheet}”表只含前 {rows:,} 行，全部见 give_up.parquet。",
    },
    "accepted": {"en": "stays and takes the offer", "zh": "接受方案并留下"},
    "declined": {"en": "does not want the offer", "zh": "拒绝方案"},
    "thinking": {"en": "wants to think about it", "zh": "需要考虑"},
    "not_reached": {"en": "nobody answered, or the message did not arrive", "zh": "未接通，或短信未送达"},
    "sent_no_answer": {"en": "a message was sent, and no answer came", "zh": "短信已发送，无回复"},
    "wrong_number": {"en": "somebody else answered", "zh": "号码有误"},
    "asked_not_to_call": {"en": "wants no more calls", "zh": "要求不再联系"},
    "already_left": {"en": "has left already", "zh": "已离网"},
    "issue_forwarded": {"en": "a fault or claim was passed on", "zh": "问题已转办"},
}

COLUMNS_ZH = {  # what the columns of the sheets mean; in English the contract says it
    "rank": "名次，1 为最先联系",
    "subscriber_id": "用户（线路或业务）",
    "account_id": "付费账户",
    "region": "省份或销售区域",
    "segment": "客户群",
    "tier": "客户等级：key 关键，core 普通，small 小客户",
    "churn_probability": "表现期内流失概率",
    "churn_type": "最可能的流失类型：cancelled 办理离网，arrears 欠费停机，dormant 零通话休眠",
    "expected_days_to_churn": "距观察日的预计流失天数",
    "call_by": "仍来得及联系的最后一天",
    "margin": "扣除变动成本后的月利润贡献",
    "remaining_value": "若留下，预期折现利润",
    "value_at_risk": "流失概率 × 剩余价值",
    "reason_1": "最主要的风险因素",
    "reason_2": "第二风险因素",
    "reason_3": "第三风险因素",
    "because": "该动作所针对的原因，不一定是最主要的",
    "action_reason": "动作依据代码",
    "action": "收益最高的动作",
    "action_text": "该动作的说明",
    "channel": "联系方式：visit 上门，call 电话，message 短信",
    "offer_cost": "优惠成本",
    "contact_cost": "联系成本",
    "contact_minutes": "坐席用时",
    "save_rate": "挽留成功率：本会流失者因该动作而留下的概率；以参数设定或实测为基准，原因所占风险越高则越高",
    "take_up": "本会留下却领取优惠者的比例",
    "save_rate_source": "成功率来源：prior 参数设定，measured 实测",
    "expected_gain": "预期收益：挽回价值减去优惠与联系成本",
    "receipt": "凭证，可据此复算本行",
    "propensity": "抽签将该账户分入本组（联系或对照）的概率",
    "best_action": "损失最小的动作",
    "best_gain": "该动作的预期收益",
    "why": "放弃的规则或数字",
}
UNITS_ZH = {"money": "元", "money/month": "元/月", "days": "天", "min": "分钟"}


def meaning(column: Column, language: str) -> str:
    """Return what a column of the sheets means."""
    return COLUMNS_ZH[column.name] if language == "zh" else column.meaning


def unit(column: Column, language: str) -> str:
    """Return the unit of a column of the sheets."""
    return UNITS_ZH[column.unit] if language == "zh" and column.unit else column.unit


def say(key: str, language: str, **figures: object) -> str:
    """Return a text with its figures filled in."""
    return WORDS[key][language].format(**{name: as_numeral(value) for name, value in figures.items()})
