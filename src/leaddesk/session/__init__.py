"""Session: tokens, the vault that keeps them, the bearer that attaches and renews them, lock state.
May import: api, contract, guard, settings, personal, httpx, keyring.
Must not know: the store, use cases, Qt."""
