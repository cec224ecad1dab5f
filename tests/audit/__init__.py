"""Processes whose every opened file, socket and program is written down."""
