"""Physical: base backups and the archive of the write-ahead log, and a restore to a moment from both.
May import: the databases of a configured server, archive for verifying, psycopg, PostgreSQL's programs.
Must not know: what lies in the databases, keys; a cluster with keys is refused."""
