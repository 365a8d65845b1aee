"""Evidence: signatures, and the sink outside the database that keeps what was signed (guarantee S6).
May import: personal, cryptography (at the first signature).
Must not know: what is signed, events, HTTP."""
