"""Store: what the workstation knows, in memory only and wipeable: lead shelf, small shelves, topics.
May import: contract, personal, the standard library, msgspec.
Must not know: Qt, HTTP, the event loop, who asks."""
