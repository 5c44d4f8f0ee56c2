"""Feeds: what readers of them take, in their two forms, and what each says of a change."""
