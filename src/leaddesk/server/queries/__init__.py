"""Queries: what a caller may read, rendered from projections and streams.
May import: projections, eventlog, domain, keys, identity, contract.
Must not know: HTTP, commands, how anything is changed."""
