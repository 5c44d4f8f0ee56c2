"""Proposals as pages: one of them, the list of them, and what an editor sees and decides."""
