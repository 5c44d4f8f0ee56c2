"""Lithium and battery projects: records, storage, questions and answers. Knows nothing of HTTP or HTML."""
