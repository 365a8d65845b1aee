"""The access log as a PostgreSQL database of its own, which itself numbers and chains entries.
May import: psycopg through the room database; the access log's port, entries and chain.
Must not know: who reads what, keys, the event log; nobody imports it before PostgreSQL is configured."""
