"""What differs between two states of a record, in words: which part it is, what was there, and what is there now."""
