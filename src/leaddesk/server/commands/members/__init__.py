"""Members: people who come to a tenant, by an admin's invitation; on record in the tenant's own stream.
May import: contract, personal, identity, eventlog, domain, projections, the office.
Must not know: HTTP, mail."""
