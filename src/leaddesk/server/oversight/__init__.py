"""Oversight: who read which personal data; pseudonymised by month, chained, signed (measure A8).
May import: contract, personal, identity, keys, database.
Must not know: HTTP, leads' content, the event log, where the signed heads go."""
