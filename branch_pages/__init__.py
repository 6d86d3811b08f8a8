"""Branch sites of city units (ordinance 3842/2023 § 1.3–1.4)."""
