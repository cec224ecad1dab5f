"""Runs that were tracked: what stays of each on this machine, and how a user names one."""
