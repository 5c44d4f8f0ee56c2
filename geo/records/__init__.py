"""A record: its parts, their bounds, the rules between them, and what follows from it."""
