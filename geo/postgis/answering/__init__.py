"""Answers of one moment of the database: pages, counts, extents."""
