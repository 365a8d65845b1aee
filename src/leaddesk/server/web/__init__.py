"""Web: HTTP endpoints, one module a noun; edge and entrance are its front, the rest its rooms.
May import: commands, queries, projections, eventlog, domain, identity, contract, personal, Starlette.
Must not know: sockets, processes, the population, SQL."""
