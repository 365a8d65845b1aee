"""Identity: people, roles and rights, passwords, tokens and their rotation (measures A5, A7, A10).
May import: contract, personal, keys, database, argon2 (in a worker, at first use).
Must not know: HTTP, leads, the event log, Qt."""
