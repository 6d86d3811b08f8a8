"""Search over everything published."""
