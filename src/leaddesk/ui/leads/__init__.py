"""Leads: the list with its search, one lead in detail, and the question before it is deleted.
May import: kit and theme; desk, store and contract for the presenters; nothing of other features.
Must not know: HTTP, the shell, how a lead is shared."""
