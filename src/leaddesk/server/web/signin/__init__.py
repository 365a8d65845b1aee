"""Signing in with a browser: what the server offers a client, the authorization endpoint, the sign-in page.
May import: contract, personal, identity, web.edge, Starlette.
Must not know: storage, leads, commands; how a password or a further step is checked."""
