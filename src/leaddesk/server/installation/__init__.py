"""Installation: making, migrating, backing up and restoring the databases of a configured server.
May import: settings of operations, the schemas of data, keys and access log, psycopg, PostgreSQL's programs.
Must not know: what lies in the databases, keys in the plain, HTTP."""
