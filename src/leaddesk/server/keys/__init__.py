"""Keys: the port every stored content passes on its way in and out.
May import: contract, personal, database.
Must not know: what is stored, events, HTTP."""
