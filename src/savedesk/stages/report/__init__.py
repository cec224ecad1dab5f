"""Shows, on one page that works offline, what the other stages found. It counts and formats; it computes nothing."""
