"""The pages of docs/features, read as tests."""
