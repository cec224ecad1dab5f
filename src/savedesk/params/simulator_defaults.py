"""Default lists of the simulated operator: plans, past actions and names of regions. All invented but the names."""

from typing import Any

_PLAN_COLUMNS = (
    "plan_id",
    "name",
    "monthly_fee",
    "included_voice_min",
    "included_data_mb",
    "included_sms",
    "price_per_min",
    "price_per_mb",
    "price_per_sms",
)
_PLAN_ROWS = (
    ("P01", "Basic 8", 8, 30, 200, 10, 0.19, 0.006, 0.1),
    ("P02", "Light 29", 29, 80, 3_000, 30, 0.19, 0.005, 0.1),
    ("P03", "Smart 49", 49, 150, 10_000, 60, 0.15, 0.004, 0.1),
    ("P04", "Plus 79", 79, 300, 20_000, 120, 0.15, 0.003, 0.1),
    ("P05", "Max 129", 129, 600, 40_000, 200, 0.12, 0.003, 0.1),
    ("P06", "Pro 199", 199, 1_200, 80_000, 400, 0.10, 0.002, 0.1),
    ("P07", "Premier 399", 399, 4_000, 200_000, 1_000, 0.10, 0.002, 0.1),
)
PLANS: tuple[dict[str, Any], ...] = tuple(dict(zip(_PLAN_COLUMNS, row, strict=True)) for row in _PLAN_ROWS)

_ACTION_COLUMNS = ("name", "channel", "touches", "save_rate", "cost")
_ACTION_ROWS = (
    ("loyalty_discount", "call", "cancelled", 0.22, 30.0),
    ("fitting_plan", "call", "cancelled", 0.18, 12.0),
    ("renewal_call", "call", "cancelled", 0.25, 40.0),
    ("service_recovery", "call", "cancelled", 0.20, 15.0),
    ("payment_plan", "sms", "arrears", 0.20, 3.0),
    ("reactivation_pack", "sms", "dormant", 0.15, 6.0),
)
ACTIONS: tuple[dict[str, Any], ...] = tuple(dict(zip(_ACTION_COLUMNS, row, strict=True)) for row in _ACTION_ROWS)

REGIONS = tuple(
    "Beijing Tianjin Hebei Shanxi Inner_Mongolia Liaoning Jilin Heilongjiang Shanghai Jiangsu Zhejiang Anhui Fujian Jiangxi "
    "Shandong Henan Hubei Hunan Guangdong Guangxi Hainan Chongqing Sichuan Guizhou Yunnan Tibet Shaanxi Gansu Qinghai Ningxia "
    "Xinjiang".split()
)
