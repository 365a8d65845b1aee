"""Joining: how somebody comes to an account, or back to it – invitations, new passwords (measure A5).
May import: contract, personal, keys, identity's storage, tokens, people, passwords, choosing and throttle.
Must not know: HTTP, mail, leads, the event log."""
