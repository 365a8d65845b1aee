"""Tokens: one-time codes, sessions with rotating refresh tokens, digests in place of what is secret.
May import: contract, personal, identity's refusals and storage.
Must not know: passwords, people's names, HTTP, storage of leads."""
