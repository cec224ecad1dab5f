"""Margin, remaining value and tier of each subscriber."""
