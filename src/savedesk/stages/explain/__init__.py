"""The reasons behind each candidate's risk, in the subscriber's own numbers."""
