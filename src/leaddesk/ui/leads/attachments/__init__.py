"""Attachments: files that go to a lead, and files of a lead that are looked at, from memory alone.
May import: kit and theme; desk, decoding and contract; the detail's view and state.
Must not know: HTTP, the shell, what decodes a file."""
