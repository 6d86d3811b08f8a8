"""Settings of the runnable project: production-safe base, and what dev and test loosen."""
