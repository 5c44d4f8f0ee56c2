"""Web hooks: messages to programs about what changed; signed, in order, at least once, never to private addresses."""
