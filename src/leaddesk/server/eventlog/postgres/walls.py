"""Roles and row-level security: the second wall between tenants (guarantee S1).

The application is not the owner and cannot bypass the policies; they bind the owner too (FORCE). What has no
tenant set sees no row. The log is append-only for all but the owner: no right to change or delete events.
"""

from typing import Any

import psycopg
from psycopg import sql

OWNER, APPLICATION, AUDITOR, REGISTRY = (
    "leaddesk_owner",
    "leaddesk_app",
    "leaddesk_auditor",
    "leaddesk_registry",
)
"""Owner: makes and changes tables. Application: the server processes. Auditor: reads the log's ciphertext and
its links, one tenant at a time. Registry: nobody's; the one function that lists tenants runs as it."""

APPEND_ONLY = frozenset({"event", "signed_head"})
AUDITED = frozenset({"event", "tenant_head", "signed_head"})

_ROLES = {OWNER: "NOLOGIN", APPLICATION: "LOGIN", AUDITOR: "LOGIN", REGISTRY: "NOLOGIN"}
_HARMLESS = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
_TABLES = (
    "SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t"
    " USING (table_schema, table_name) WHERE c.table_schema = 'public' AND c.column_name = 'tenant_id'"
    " AND t.table_type = 'BASE TABLE' ORDER BY 1"
)
_WALL = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own_tenant ON {table};
CREATE POLICY own_tenant ON {table} USING (tenant_id = current_setting('leaddesk.tenant', true))
  WITH CHECK (tenant_id = current_setting('leaddesk.tenant', true));
REVOKE ALL ON {table} FROM PUBLIC, leaddesk_app, leaddesk_auditor;
"""
_REGISTER = """
DROP POLICY IF EXISTS listed ON tenant_head;
CREATE POLICY listed ON tenant_head FOR SELECT TO leaddesk_registry USING (true);
GRANT SELECT (tenant_id) ON tenant_head TO leaddesk_registry;
CREATE OR REPLACE FUNCTION tenants_with_a_log() RETURNS TABLE (tenant_id text) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = pg_catalog
  AS 'SELECT h.tenant_id FROM public.tenant_head h ORDER BY h.tenant_id';
GRANT CREATE ON SCHEMA public TO leaddesk_registry;
ALTER FUNCTION tenants_with_a_log() OWNER TO leaddesk_registry;
REVOKE CREATE ON SCHEMA public FROM leaddesk_registry;
REVOKE ALL ON FUNCTION tenants_with_a_log() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_with_a_log() TO leaddesk_app, leaddesk_auditor;
GRANT SELECT ON instance TO leaddesk_app, leaddesk_auditor;
"""


def make_roles(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Make the roles that are missing, without passwords; what is there loses every right beyond its own."""
    known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    for name, login in _ROLES.items():
        verb = "ALTER" if name in known else "CREATE"
        connection.execute(sql.SQL(f"{verb} ROLE {name} {login} {_HARMLESS}"))
    connection.execute(f"GRANT {REGISTRY} TO {OWNER}")


def put_up_walls(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Put every table behind its policy and give each role what it needs; as the owner."""
    for (table,) in connection.execute(_TABLES).fetchall():
        named = sql.Identifier(table)
        connection.execute(sql.SQL(_WALL).format(table=named))
        rights = "SELECT, INSERT" if table in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
        connection.execute(sql.SQL(f"GRANT {rights} ON {{table}} TO {APPLICATION}").format(table=named))
        if table in AUDITED:
            connection.execute(sql.SQL(f"GRANT SELECT ON {{table}} TO {AUDITOR}").format(table=named))
    connection.execute(_REGISTER)
