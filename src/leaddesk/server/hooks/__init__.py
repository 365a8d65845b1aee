"""Hooks: a tenant's own systems told of what happened: registered, signed, sent, tried again, given up.
May import: commands.office, projections, eventlog, domain, keys, identity, contract, httpx.
Must not know: requests to this server, what a lead holds, queries."""
