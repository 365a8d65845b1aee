"""Wiring: the fuse box: constructs every room of the client, owns the order of teardown.
May import: every floor of the client.
Must not know: the server, the demo; and it has no behaviour of its own."""
