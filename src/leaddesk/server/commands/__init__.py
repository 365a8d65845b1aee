"""Commands: everything that changes something, decided by the domain, appended in one transaction.
May import: projections, eventlog, domain, keys, identity, contract.
Must not know: HTTP, how answers look, queries."""
