"""Storage: identity's tables behind a port, what is sealed in them, and what was looked up a moment ago.
May import: contract, keys, the failures of database.
Must not know: passwords, tokens, HTTP, the event log; which database it is."""
