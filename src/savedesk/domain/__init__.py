"""Definitions of the business that several rooms need: what a bill covers, which months are complete, who is active."""
