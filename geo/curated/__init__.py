"""The curated dataset in `data/`: its files, and what lies beside them."""
