"""One builder a room; ``city.build`` calls them in order."""
