"""Keeper: the process of its own in which the keyring's library works, and the way to speak to it.
May import: session, settings, personal, keyring.
Must not know: api, desk, ui; and the client's process loads no library of a keyring."""
