"""Inspection: what a file that comes from outside may be called and be, and the door to the virus scanner.
May import: contract, personal.
Must not know: whose file it is, where it is kept, HTTP."""
