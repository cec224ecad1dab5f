"""Measures, on rows that no model was trained on, how good the scores and the list are, in trade figures and in money."""
