"""Database: what the server's databases share – failures, PostgreSQL's connections, statements, migrations.
May import: psycopg, the standard library.
Must not know: tables, rights, keys; who has not configured PostgreSQL loads failures and sqlite only."""
