"""The append-only trail of who did what, on whose authority."""
