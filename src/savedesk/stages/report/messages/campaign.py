"""The campaign read-out."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "campaign_lede": "Subscribers contacted at random beside others left alone at random; the difference is the "
    "effect.",
    "verdict_line_works": "The contacts work: of {treated} contacted, {kept} stayed because of it ({interval}); net of "
    "cost they earned {net}. {promised} had been promised.",
    "verdict_line_harms": "The contacts do harm: of {treated} contacted, {kept} stayed because of it ({interval}); net "
    "of cost they earned {net}. {promised} had been promised.",
    "verdict_line_not_shown": "The contacts are not shown to work: of {treated} contacted, {kept} {fewer} left than by "
    "the rate of the {control} left alone, which chance alone could explain ({interval}). {promised} kept had "
    "been promised.",
    "fewer": "fewer",
    "more_left": "more",
    "verdict": "Verdict",
    "verdict_works": "works",
    "verdict_harms": "does harm",
    "verdict_not_shown": "not shown",
    "net": "Net gain",
    "net_in": "Net gain, {currency}",
    "kept": "Kept",
    "came": "what came",
    "promised": "Promised",
    "true_kept": "Truth",
    "was_promised": "promised",
    "truth": "truth of the simulator",
    "so_many_left": "{share} left",
    "promised_note": "by the save rates of the policy",
    "treated": "Contacted",
    "control": "Left alone",
    "treated_left": "Contacted, left",
    "control_left": "Left alone, left",
    "of_treated": "of {number} contacted",
    "of_control": "of {number} left alone",
    "cost": "Cost",
    "cost_note": "contacts and offers",
    "truth_inside": "The truth, which only a simulator knows, is {true} kept and {money} earned: inside the interval.",
    "truth_outside": "The truth, which only a simulator knows, is {true} kept and {money} earned: outside the "
    "interval.",
    "kept_alt": "Chart of the subscribers kept by each group of contacts with their interval, beside what was "
    "promised.",
    "kept_head_campaign": "Kept by campaign",
    "kept_head_action": "Kept by action",
    "kept_head_tier": "Kept by tier",
    "kept_head_reason": "Kept by reason",
    "campaign_by_campaign": "By campaign",
    "campaign_by_action": "By action",
    "campaign_by_tier": "By tier",
    "campaign_by_reason": "By reason",
    "campaign_by_region": "By province",
    "by_campaign": "Campaign",
    "by_reason": "First reason",
}

CHINESE: dict[str, str] = {
    "campaign_lede": "随机联系的用户与随机不联系的用户对照，两者之差即为效果。",
    "verdict_line_works": "联系有效：联系 {treated} 人，其中 {kept} 人因此留下（{interval}）；扣除成本后净收益 {net}。"
    "原先承诺 {promised} 人。",
    "verdict_line_harms": "联系有害：联系 {treated} 人，因此留下 {kept} 人（{interval}）；扣除成本后净收益 {net}。"
    "原先承诺 {promised} 人。",
    "verdict_line_not_shown": "尚不能证明联系有效：联系 {treated} 人，按 {control} 名对照用户的流失率计，流失{fewer} "
    "{kept} 人，"
    "这可能只是偶然（{interval}）。原先承诺留住 {promised} 人。",
    "fewer": "少",
    "more_left": "多",
    "verdict": "结论",
    "verdict_works": "有效",
    "verdict_harms": "有害",
    "verdict_not_shown": "未证实",
    "net": "净收益",
    "net_in": "净收益（{currency}）",
    "kept": "挽留人数",
    "came": "实际",
    "promised": "承诺",
    "true_kept": "真值",
    "was_promised": "承诺人数",
    "truth": "模拟器真值",
    "so_many_left": "{share} 流失",
    "promised_note": "按策略的挽留成功率",
    "treated": "联系人数",
    "control": "对照人数",
    "treated_left": "联系组流失率",
    "control_left": "对照组流失率",
    "of_treated": "共联系 {number} 人",
    "of_control": "共对照 {number} 人",
    "cost": "成本",
    "cost_note": "联系与优惠",
    "truth_inside": "只有模拟器才知道的真值为挽留 {true} 人、收益 {money}：在区间之内。",
    "truth_outside": "只有模拟器才知道的真值为挽留 {true} 人、收益 {money}：在区间之外。",
    "kept_alt": "各组联系所挽留的用户数及其区间的图，并与承诺对照。",
    "kept_head_campaign": "各活动的挽留人数",
    "kept_head_action": "各措施的挽留人数",
    "kept_head_tier": "各价值层级的挽留人数",
    "kept_head_reason": "各原因的挽留人数",
    "campaign_by_campaign": "按活动",
    "campaign_by_action": "按措施",
    "campaign_by_tier": "按价值层级",
    "campaign_by_reason": "按原因",
    "campaign_by_region": "按省份",
    "by_campaign": "活动",
    "by_reason": "首要原因",
}
