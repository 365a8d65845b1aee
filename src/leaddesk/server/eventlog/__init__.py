"""Event log: append-only streams per tenant, gapless positions, expected versions, idempotency, wake-ups.
May import: domain, keys, leases, database, contract.
Must not know: what events mean, who may do what, projections' tables, HTTP."""
