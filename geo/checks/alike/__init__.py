"""Which records may be one and the same project."""
