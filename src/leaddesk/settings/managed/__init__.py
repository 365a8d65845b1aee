"""Managed: what the machine's administrators decided for every person at it; read, never written.
May import: settings, the standard library.
Must not know: Qt, HTTP, people; and an environment variable decides nothing here."""
