"""Sealing: what a person typed and nobody has yet, as text that can be sealed, and back.
May import: desk.outbox, desk.outcomes, desk.sending, session.sealing, contract, personal.
Must not know: ui; how a lock comes about."""
