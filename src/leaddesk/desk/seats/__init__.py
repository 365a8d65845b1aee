"""Seats: several sign-ins of one person side by side, each with everything of its own.
May import: desk, session, store, settings, personal.
Must not know: Qt, HTTP, how a seat is furnished; and no seat knows another."""
