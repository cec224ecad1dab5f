"""One module per table or file that passes between stages: grain, key, columns, units, allowed values, identities."""
