"""Cell: what a process gives up that decodes a stranger's file: nearly all of it (guarantee A11).
May import: guard, the standard library.
Must not know: what is decoded, and for whom."""
