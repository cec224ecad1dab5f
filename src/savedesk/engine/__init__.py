"""The one seam between Savedesk and the engine that holds its tables: Ibis on DuckDB, or on Spark."""
