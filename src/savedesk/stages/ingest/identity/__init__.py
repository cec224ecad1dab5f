"""Whose an id is: totals, renamed ids, numbers that were activated anew for somebody else, keys that never meet."""
