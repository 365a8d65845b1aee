"""Server: the reference server, embedded for demo and tests, deployable alone (extra ``server``).
May import: contract, personal, Starlette, uvicorn, sqlite3, argon2.
Must not know: Qt, the client's rooms, where its callers run."""
