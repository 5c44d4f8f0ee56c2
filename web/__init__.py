"""The map and the other pages, with their static files."""
