"""What the commands around the list say, in the run's language."""

from __future__ import annotations

from savedesk.numerals import as_numeral

WORDS: dict[str, dict[str, str]] = {
    # decisions
    "contact": {"en": "on the list", "zh": "在名单中"},
    "hold_out": {"en": "hold-out", "zh": "对照组"},
    "give_up": {"en": "given up", "zh": "放弃挽留"},
    "not_listed": {"en": "not listed", "zh": "未列入名单"},
    "rank": {"en": "rank {rank}", "zh": "第 {rank} 名"},
    "backtest": {
        "en": "a backtest of the model, not a list that was handed over",
        "zh": "模型回测，并非已下发的名单",
    },
    # headings
    "risk": {"en": "Risk", "zh": "流失风险"},
    "value": {"en": "Value", "zh": "客户价值"},
    "reasons": {"en": "Reasons", "zh": "流失原因"},
    "rules": {"en": "Rules, in the order in which they are looked at", "zh": "规则（按检查顺序）"},
    "options": {
        "en": "What could be done: saved - given away - contact = gain; gain - limits = net",
        "zh": "可选动作：挽回 - 让利 - 联系成本 = 收益；收益 - 资源占用 = 净收益",
    },
    "rates": {"en": "Save rates", "zh": "挽留成功率"},
    "limits": {"en": "Limits, and what one more unit would earn", "zh": "资源上限与影子价格"},
    "account_lines": {"en": "Other lines of the account {account}", "zh": "账户 {account} 的其他线路"},
    # risk
    "churn_probability": {"en": "churn probability", "zh": "流失概率"},
    "interval": {"en": "{low:.1%} to {high:.1%} for like subscribers", "zh": "同类用户 {low:.1%} 至 {high:.1%}"},
    "cancelled": {"en": "of it cancelled", "zh": "其中办理离网"},
    "arrears": {"en": "of it arrears", "zh": "其中欠费停机"},
    "dormant": {"en": "of it dormant", "zh": "其中零通话休眠"},
    "expected_days_to_churn": {"en": "days to the exit, if there is one", "zh": "若流失，预计天数"},
    "call_by": {"en": "call by", "zh": "最晚联系日"},
    # value
    "margin": {"en": "margin a month", "zh": "月利润贡献"},
    "valuation": {"en": "the operator's own valuation", "zh": "运营商自有估值"},
    "bills": {"en": "the newest bills less variable cost", "zh": "最近账单扣除变动成本"},
    "plan_fee": {"en": "the plan's fee less variable cost", "zh": "套餐费扣除变动成本"},
    "segment_median": {"en": "the segment's median", "zh": "客户群中位数"},
    "none": {"en": "no price is known", "zh": "无价格信息"},
    "bad_debt_share": {"en": "of a bill expected to stay unpaid", "zh": "账单预计坏账比例"},
    "discounted_months": {"en": "discounted months", "zh": "预期折现月数"},
    "remaining_value": {"en": "remaining value", "zh": "剩余价值"},
    "value_at_risk": {"en": "value at risk", "zh": "风险价值"},
    "tier": {"en": "tier", "zh": "客户等级"},
    "key": {"en": "key", "zh": "关键客户"},
    "core": {"en": "core", "zh": "普通客户"},
    "small": {"en": "small", "zh": "小客户"},
    "no_reasons": {"en": "only candidates are explained", "zh": "仅解释候选用户"},
    # rules
    "figure": {"en": "figure", "zh": "实际"},
    "limit": {"en": "limit", "zh": "界限"},
    "verdict": {"en": "verdict", "zh": "结论"},
    "kept": {"en": "passes", "zh": "通过"},
    "broken": {"en": "KEPT OFF", "zh": "不列入"},
    "no_sales": {"en": "no sales offer", "zh": "不作营销"},
    "since": {
        "en": "left, suspended, notice given, refused or wrong number, known since as_of",
        "zh": "观察日后得知：离网、停机、申请离网、拒绝联系或号码有误",
    },
    "blocklisted": {"en": "blocklisted", "zh": "黑名单"},
    "consent": {"en": "may be contacted", "zh": "同意被联系"},
    "worth": {"en": "remaining value above", "zh": "剩余价值高于"},
    "candidate": {"en": "value at risk of a candidate, at least", "zh": "候选用户风险价值下限"},
    "quiet_days": {"en": "days since the last contact, more than", "zh": "距上次联系天数，须多于"},
    "contacts": {"en": "contacts in {days} days, fewer than", "zh": "{days} 天内联系次数，须少于"},
    "open_complaints": {"en": "open complaints (above 0: service first)", "zh": "未结投诉（大于 0：先解决问题）"},
    "yes": {"en": "yes", "zh": "是"},
    "no": {"en": "no", "zh": "否"},
    "never": {"en": "never", "zh": "从未"},
    # options
    "action": {"en": "action", "zh": "动作"},
    "channel": {"en": "channel", "zh": "渠道"},
    "reason": {"en": "because of", "zh": "原因"},
    "saved": {"en": "saved", "zh": "挽回"},
    "given_away": {"en": "given away", "zh": "让利"},
    "contact_cost": {"en": "contact", "zh": "联系成本"},
    "gain": {"en": "gain", "zh": "收益"},
    "limits_cost": {"en": "limits", "zh": "资源占用"},
    "net": {"en": "net", "zh": "净收益"},
    "chosen": {"en": "CHOSEN", "zh": "选用"},
    "would": {"en": "would be chosen", "zh": "本应选用"},
    "open": {"en": "open", "zh": "可用"},
    "too_little": {"en": "too little gain: below {least:.2f}", "zh": "收益过小：低于 {least:.2f}"},
    "closed": {"en": "not open: see above", "zh": "不可用：见上"},
    "open_complaint": {"en": "barred: open complaint", "zh": "禁用：投诉未结"},
    "complaint_unknown": {"en": "barred: a complaint was turned away by ingest", "zh": "禁用：有投诉记录被隔离"},
    "unaware_overspender": {"en": "barred: has not noticed overspending", "zh": "禁用：用户未察觉多付"},
    "no_options": {"en": "no option: only candidates are given some", "zh": "无可选动作：仅候选用户才有"},
    "best_worked_out": {"en": "{action} by {channel}, worked out", "zh": "{action}（{channel}）计算过程"},
    # save rates
    "rate": {"en": "rate", "zh": "成功率"},
    "source": {"en": "from", "zh": "来源"},
    "strength": {
        "en": "{reason} explains {share:.0%} of the odds of leaving; usual for would-be churners with it: {usual:.0%}",
        "zh": "{reason} 占流失几率的 {share:.0%}，同类拟流失用户通常为 {usual:.0%}",
    },
    "does_harm": {"en": "does harm", "zh": "有害概率"},
    "measured": {
        "en": "measured: {treated:,} contacted, {control:,} left alone",
        "zh": "实测：联系 {treated:,}，对照 {control:,}",
    },
    "prior": {
        "en": "params.yaml; too few: {treated:,} contacted, {control:,} left alone",
        "zh": "params.yaml；样本不足：联系 {treated:,}、对照 {control:,}",
    },
    # limits
    "available": {"en": "available", "zh": "可用"},
    "used": {"en": "used", "zh": "已用"},
    "price": {"en": "one more earns", "zh": "每增一单位收益"},
    # the end
    "draw": {
        "en": "hold-out draw {draw:.4f}, share {share:g}: {verdict}",
        "zh": "对照抽签 {draw:.4f}，比例 {share:g}：{verdict}",
    },
    "drawn": {"en": "in the hold-out", "zh": "属于对照组"},
    "not_drawn": {"en": "not in the hold-out", "zh": "不属于对照组"},
    # what changed
    "diff_title": {"en": "List of {now} against {before}", "zh": "{now} 名单对比 {before} 名单"},
    "subscribers": {"en": "subscribers", "zh": "用户数"},
    "change_new": {"en": "new", "zh": "新增"},
    "change_dropped": {"en": "dropped", "zh": "退出"},
    "change_moved": {"en": "moved", "zh": "名次变动"},
    "change_stays": {"en": "stays", "zh": "不变"},
    "first_of": {"en": "{change}: the first {shown}", "zh": "{change}：前 {shown} 名"},
    "rank_before": {"en": "rank before", "zh": "原名次"},
    "rank_now": {"en": "rank now", "zh": "现名次"},
    "because": {"en": "because", "zh": "原因"},
    "was": {"en": "then: {why}", "zh": "当时：{why}"},
    "now": {"en": "now: {why}", "zh": "现在：{why}"},
    "not_scored_before": {
        "en": "was not scored then: new, back, or not yet eligible",
        "zh": "当时未评分：新用户、回归或尚不合格",
    },
    "not_scored_now": {
        "en": "is not scored now: leaving, suspended, or not eligible",
        "zh": "现未评分：正在离网、停机或不合格",
    },
    "left_on": {"en": "left on {day}", "zh": "已于 {day} 离网"},
    "gain_from": {"en": "gain {old:,.2f} to {new:,.2f}", "zh": "收益由 {old:,.2f} 变为 {new:,.2f}"},
    "churn_probability_from": {"en": "risk {old:.1%} to {new:.1%}", "zh": "流失概率由 {old:.1%} 变为 {new:.1%}"},
    "remaining_value_from": {"en": "value {old:,.2f} to {new:,.2f}", "zh": "剩余价值由 {old:,.2f} 变为 {new:,.2f}"},
    "save_rate_from": {"en": "save rate {old:.1%} to {new:.1%}", "zh": "挽留成功率由 {old:.1%} 变为 {new:.1%}"},
    "action_from": {"en": "action {old} to {new}", "zh": "动作由 {old} 变为 {new}"},
    "others_moved": {"en": "others came or went", "zh": "其他用户进出名单"},
    "receipt": {
        "en": "receipt {receipt}  (savedesk list replay RECEIPT recomputes it)",
        "zh": "凭证 {receipt}（可用 savedesk list replay 复算）",
    },
    "policy_changed": {
        "en": "mind: section prioritise in params.yaml has changed since this list was made",
        "zh": "注意：名单生成后 params.yaml 的 prioritise 段已更改",
    },
}


def say(word: str, language: str, **figures: object) -> str:
    """Return a text with its figures filled in."""
    return WORDS[word][language].format(**{name: as_numeral(value) for name, value in figures.items()})
