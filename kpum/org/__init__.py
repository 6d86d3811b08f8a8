"""The city's units and the mandates of the people who act for them."""
