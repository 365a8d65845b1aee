"""How statements travel to PostgreSQL and answers back: values in binary, one call of libpq a way.
May import: psycopg and its wrapper of libpq, the failures of database.
Must not know: pools, transactions, tenants, what a statement means."""
