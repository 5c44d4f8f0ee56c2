"""Files that a reader takes away: one module a format, and what goes into all of them."""
