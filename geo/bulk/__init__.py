"""Anybody's table of projects against a store: read within bounds, mapped, compared row by row, written at once."""
