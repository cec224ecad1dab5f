"""Family usage: how much the subscriber uses, and where that is going."""
