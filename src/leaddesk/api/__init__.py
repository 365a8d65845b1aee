"""Api: the HTTP client: one coroutine an endpoint, one file a noun; deadlines, byte caps, errors.
May import: contract, settings, personal, httpx, msgspec, pydantic, truststore.
Must not know: tokens, the store, use cases, Qt."""
