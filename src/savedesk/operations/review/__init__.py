"""Look at a list: one subscriber, what changed since the last list, and whether a row can be recomputed."""
