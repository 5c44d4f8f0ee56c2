"""A record made ready to be read: what follows from it for the eye, as values; the template says the words."""
