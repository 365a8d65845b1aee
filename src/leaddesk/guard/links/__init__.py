"""Links: which addresses may leave the program, and the process outside the sandbox that opens them.
May import: the standard library, guard.
Must not know: anything else of leaddesk."""
