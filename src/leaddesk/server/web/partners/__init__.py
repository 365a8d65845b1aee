"""Partners: sales partners with their states, invitations, and leads offered or handed over by machines.
May import: web's edge and services, commands, queries, identity, contract.
Must not know: share requests, storage, how an offer is decided."""
