"""Settings: flags, environment, resource folder; chosen once at start and passed down.
May import: the standard library only.
Must not know: Qt, HTTP, the store, people."""
