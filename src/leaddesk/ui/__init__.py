"""The user interface: what a person sees and presses; the only place that knows Qt.
May import: desk, session, store, api, contract, guard, settings, personal; inside: features > kit > theme.
Must not know: the server, the demo, how the rooms are wired together."""
