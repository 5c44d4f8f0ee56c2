"""The routes, by kind of question."""
