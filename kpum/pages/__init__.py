"""The base of every page, who may touch it, and the one door through which it becomes public."""
