"""The approval path: unit, conformity with the Service Strategy, chief editor."""
