"""The user interface: what a person sees and presses; the only place that knows Qt.
May import: desk, session, store, decoding, api, contract, guard, settings, workstation, personal; downwards.
Must not know: the server, the demo, how the rooms are wired together."""
