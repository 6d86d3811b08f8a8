"""The headless API: the publication read model and its changes feed."""
