"""Guard: what refuses every write: the kernel first, Python's own events second; entered before all else.
May import: the standard library only.
Must not know: anything of leaddesk; no Qt, no window, no server."""
