"""Churn probability, its types and time to churn, by the same path for every row."""
