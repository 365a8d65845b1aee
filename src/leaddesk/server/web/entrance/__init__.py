"""Entrance: signing in, who am I, members, and what the server says of itself.
May import: contract, personal, identity, queries, web.edge, Starlette.
Must not know: storage, commands, the population."""
