"""Piped: a child process between two pipes, which inherits the guard.
May import: the standard library only.
Must not know: what the child is for; anything else of leaddesk."""
