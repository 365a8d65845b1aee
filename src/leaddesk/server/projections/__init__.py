"""Projections: tables derived from the log, written in the transaction that appends.
May import: eventlog, domain, keys, contract.
Must not know: who may see or do what, HTTP, other tenants."""
