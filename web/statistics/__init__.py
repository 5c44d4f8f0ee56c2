"""Statistics made ready to be read: what of an answer is drawn, and where each shape lies; templates say the words."""
