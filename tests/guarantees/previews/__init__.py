"""A11: hostile files, children that lie, and children that try what is forbidden.
May import: decoding, guard, the other tests' support.
Must not know: windows, the server."""
