"""Stage summarise: the tables that the pages of the report show."""
