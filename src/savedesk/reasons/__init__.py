"""Reasons: what a model's contributions mean, in words. Stage explain and the served model use the same code."""
