"""Outcomes that the desk reports: sheets and delivery files in, contacts out."""
