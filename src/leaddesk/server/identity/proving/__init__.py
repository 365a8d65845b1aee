"""Proving: the steps in which somebody shows who they are – password, second factor, both again (measure A5).
May import: contract, personal, keys, identity's storage, tokens, people, passwords and throttle.
Must not know: HTTP, mail, leads, the event log."""
