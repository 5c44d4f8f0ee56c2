"""Answers from memory, always as new as the store."""
