"""A publisher's own file against the records, by tables that are data."""
