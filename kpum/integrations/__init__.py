"""The interface register, the clients of the channels API and their keys (K-19, I-06)."""
