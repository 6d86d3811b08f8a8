"""The admin's screens of mandates, substitutions, internal orders and contacts."""
