"""Measures how good scores and list are, in trade figures and in money, on rows that no model was trained on."""
