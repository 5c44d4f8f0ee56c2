"""What a store does on an SQL database, whichever: the same statements for SQLite and PostgreSQL."""
