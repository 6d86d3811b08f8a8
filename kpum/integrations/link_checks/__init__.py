"""Addresses outside the portal that public texts lead to: asked politely at night, with their history (M-18)."""
