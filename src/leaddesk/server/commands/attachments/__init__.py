"""Attachments: a file on its way to a lead – reserved, received block by block, scanned.
May import: the office, projections, inspection, eventlog, domain, keys, identity, contract.
Must not know: HTTP, how a file travels, queries."""
