"""How much each line uses in a month."""

from __future__ import annotations

import calendar

import numpy as np

from savedesk.params.simulator import SimulatorParams
from savedesk.simulator.calendar import MONTHS_A_YEAR
from savedesk.simulator.lines import Lines, Vector

MB_DIGITS, MIN_DIGITS = 1, 2


def month_of_usage(
    params: SimulatorParams, draw: np.random.Generator, lines: Lines, severity: Vector, month: int
) -> dict[str, Vector]:
    """Move the drift on and return the measures of the contract ``usage``, one value a line."""
    use, count = params.usage, len(lines)
    noise = draw.normal(0, use.drift_sd * np.sqrt(1 - use.drift_memory**2), count)
    lines["drift"] = use.drift_memory * lines["drift"] + noise
    wave = 1 + use.season_amplitude * np.cos(2 * np.pi * (month % MONTHS_A_YEAR - 1) / MONTHS_A_YEAR)
    level = wave * np.exp(lines["drift"]) * lines["fade_factor"]
    slump = draw.random(count) < use.slump_chance
    level = np.where(slump, level * np.minimum(1, draw.exponential(use.slump_depth, count)), level)
    away = lines["silent"]
    level = np.where(away, 0.0, level)
    days = calendar.monthrange(month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1)[1]
    voice = (lines["voice_level"] * level * np.exp(draw.normal(0, use.noise_sd, count))).round(MIN_DIGITS)
    share = np.clip(
        lines["offnet"] + draw.normal(0, use.offnet_noise_sd, count) + use.offnet_if_leaning * lines["leaning"], 0, 1
    )
    calls = np.where(voice > 0, np.maximum(1, draw.poisson(voice / use.minutes_per_call)), 0)
    abroad = (draw.random(count) < use.roaming_share) & ~away
    broken = np.minimum(0.5, use.drop_rate + use.drop_rate_per_severity * severity)
    return {
        "voice_min": voice,
        "offnet_min": np.minimum(voice, (voice * share).round(MIN_DIGITS)),
        "calls": calls.astype(np.float64),
        "sms": draw.poisson(lines["sms_level"] * level).astype(np.float64),
        "data_mb": (lines["data_level"] * level * np.exp(draw.normal(0, use.noise_sd, count))).round(MB_DIGITS),
        "broadband_gb": (lines["broadband"] * level * np.exp(draw.normal(0, use.noise_sd, count))).round(MB_DIGITS),
        "roaming_min": np.where(abroad, draw.exponential(use.roaming_min, count), 0.0).round(MIN_DIGITS),
        "active_days": np.where(
            away, 0, draw.binomial(days, np.clip(use.active_share * np.minimum(1, level), 0, 1))
        ).astype(float),
        "distinct_called": np.ceil(calls**use.circle_exponent * (1 - lines["circle_lost"])),
        "dropped_calls": draw.binomial(calls, broken).astype(np.float64),
    }
