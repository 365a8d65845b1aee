"""Keys: what an API key may look like, and whom a key stands for while nobody is known by name.
May import: contract, personal.
Must not know: the vault, the bearer, widgets; a key leaves it only inside a Secret."""
