"""Sending: one mutation on its way: what it is, how it is sent, what its answer changes; what is only begun.
May import: session, store, api, contract, settings, personal, modules of desk.
Must not know: Qt, HTTP types, sentences."""
