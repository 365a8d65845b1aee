"""Erasure: a lead, what a tenant's rule no longer keeps, a whole tenant, gone for ever (measures A9, A15).
May import: projections, eventlog, domain, keys, identity, contract, commands.office, commands.relay.
Must not know: HTTP, how answers look, queries."""
