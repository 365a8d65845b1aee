"""Profiles: each sign-in's own drawer of the keyring, where several are kept side by side.
May import: session, settings, personal.
Must not know: api, desk, ui; and no drawer knows another."""
