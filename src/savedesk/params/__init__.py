"""Sections of params.yaml, one module each. ``load`` reads them all once, at the edge."""
