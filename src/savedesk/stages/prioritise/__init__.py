"""The list, the hold-out and the give-ups within hours, budget and contact rules."""
