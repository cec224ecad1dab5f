"""The gate that a model passes to become champion, and the ledger that says why."""
