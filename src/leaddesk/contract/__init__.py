"""Contract: the wire between client and server, frozen models both sides import.
May import: personal, pydantic, msgspec.
Must not know: HTTP clients, storage, Qt, who calls."""
