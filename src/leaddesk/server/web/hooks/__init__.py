"""Hooks: the endpoints of webhooks: register, list, sign anew, remove, dead letters.
May import: the server's hooks, the edge, services, identity, contract, Starlette.
Must not know: storage, how deliveries are made."""
