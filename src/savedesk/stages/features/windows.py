"""Lengths of the windows that events are counted in, in days. Each holds the longest such span of a calendar."""

MONTH_DAYS = 31
QUARTER_DAYS = 92
HALF_YEAR_DAYS = 184
YEAR_DAYS = 366
