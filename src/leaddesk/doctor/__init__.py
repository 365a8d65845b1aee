"""Doctor: what this workstation guarantees and what it cannot, and a report that names nobody.
May import: every floor of the client.
Must not know: the server, the demo, a window."""
