"""Tokens, CSS, icons and the template tags that draw components."""
