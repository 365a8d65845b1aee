"""Door: what an operator asks of a running server, through a socket for root and the server's own user.
May import: archive, web, hooks, commands, projections, eventlog, domain, operations, identity, contract.
Must not know: HTTP, what leads hold, how the process is started."""
