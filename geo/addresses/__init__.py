"""Addresses of sources: which count, what is taken off them, and what follows from one without asking the Internet."""
