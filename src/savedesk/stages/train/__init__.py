"""LightGBM on forward-in-time folds, calibrated on out-of-fold scores."""
