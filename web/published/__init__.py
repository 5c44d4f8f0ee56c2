"""The site as files that any host gives out: where each lies, how they name each other, and what only files need."""
