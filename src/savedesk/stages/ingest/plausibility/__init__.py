"""What no operator has: placeholders and defaults that a table takes for facts. It warns, or stops where it decides."""
