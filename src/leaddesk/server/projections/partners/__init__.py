"""Partners: the sales partners a tenant has, the codes of its invitations, leads handed over directly.
May import: the other projections, eventlog, domain, keys, contract.
Must not know: who may see or do what, HTTP, other tenants."""
