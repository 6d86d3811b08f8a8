"""Home, main areas, information pages, the directory of units, navigation."""
