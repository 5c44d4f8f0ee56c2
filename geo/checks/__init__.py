"""What makes records believable."""
