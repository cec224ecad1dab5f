"""Metrics: each is declared once, with its function, unit, direction, digits, labels and where it is shown."""
