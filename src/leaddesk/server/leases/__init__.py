"""Leases: which of several processes on one database does the work that one must do, until it goes away.
May import: the standard library.
Must not know: what the work is, databases, tenants."""
