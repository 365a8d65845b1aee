"""Tabs of the lead detail: overview, journal with composer, history, recipients.
May import: kit, theme, the detail's state.
Must not know: the desk, the store, each other."""
