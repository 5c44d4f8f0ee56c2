"""CQL2 (OGC 21-065r2): its text and its JSON become the expressions of `geo/filter.py`, and text again."""
