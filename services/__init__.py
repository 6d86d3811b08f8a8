"""City services: service cards, the catalogue, categories and life events."""
