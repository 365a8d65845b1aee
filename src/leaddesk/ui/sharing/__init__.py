"""Sharing: the share dialog with its exact preview, and the page of own share requests.
May import: kit and theme; desk, store and contract for the presenters; nothing of other features.
Must not know: HTTP, the shell, approvals."""
