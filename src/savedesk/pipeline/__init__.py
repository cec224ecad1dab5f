"""How stages run: inputs, outputs that appear together, locks, signals, secrets, and what DVC leaves behind."""
