"""The lock page: brand, person, since when, unlock. Behind it nothing is readable.
May import: kit, theme, personal.
Must not know: features, and what was shown before."""
