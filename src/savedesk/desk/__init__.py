"""Around the list: why somebody is on it, whether a row can be recomputed, what changed, and what agents reported."""
