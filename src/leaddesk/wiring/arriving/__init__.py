"""Arriving: a window takes the place of the one before, after the process has begun anew.
May import: guard, the shell's leaving, the first frame.
Must not know: what stands behind the window."""
