"""What a user types and sees: the commands, the summaries that they print, and how they end."""
