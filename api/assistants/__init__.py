"""Programs that ask in words: what they may ask of the records, and how they are answered."""
