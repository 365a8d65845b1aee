"""Approvals: the admin's queue, field by field what would leave the house (four eyes).
May import: kit and theme; desk and contract for the presenter; nothing of other features.
Must not know: HTTP, the shell, how a request came about."""
