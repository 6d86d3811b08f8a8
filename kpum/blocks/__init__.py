"""StreamField blocks of running text: one file each, one template each."""
