"""Desk: the clerks: use cases as verbs, their outcomes as codes and facts, the one outbox.
May import: session, store, decoding, api, contract, settings, personal.
Must not know: Qt, HTTP types, sentences."""
