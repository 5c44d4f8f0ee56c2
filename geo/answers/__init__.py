"""What the answers of every catalog have in common, whatever it keeps the records in."""
