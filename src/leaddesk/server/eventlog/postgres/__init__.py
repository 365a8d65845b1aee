"""PostgreSQL behind the storage port: connections, statements, migrations, roles and row-level security.
May import: psycopg; the storage port and the tables of eventlog.
Must not know: what events mean, keys, who asks; nobody imports it before PostgreSQL is configured."""
