"""Stage ingest: raw files, through a source folder, to checked canonical tables and the rows that broke a rule."""
