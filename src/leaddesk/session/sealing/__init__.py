"""Sealing: what waits behind a lock, encrypted under a key that lies in the keyring alone.
May import: what session may.
Must not know: what is sealed."""
