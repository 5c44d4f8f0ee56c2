"""OGC API Features over HTTP, and the command line that composes every layer."""
