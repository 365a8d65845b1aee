"""Roles and row-level security: the second wall between tenants (guarantee S1).

The application is not the owner and cannot bypass the policies; they bind the owner too (FORCE). What has no
tenant set sees no row. The log is append-only for all but the owner: no right to change or delete events.
"""

from psycopg import sql

from leaddesk.server.database import roles
from leaddesk.server.database.connections import Connection

OWNER, APPLICATION, AUDITOR, REGISTRY, DOORKEEPER = (
    "leaddesk_owner",
    "leaddesk_app",
    "leaddesk_auditor",
    "leaddesk_registry",
    "leaddesk_doorkeeper",
)
"""Owner: makes and changes tables. Application: the server processes. Auditor: reads the log's ciphertext and
its links, one tenant at a time. Registry, doorkeeper: nobody's; as the one run the functions that list
tenants and their heads and hand out leases, as the other the one that tells behind whose door a mark lies."""

APPEND_ONLY = frozenset({"event", "signed_head"})
AUDITED = frozenset({"event", "tenant_head", "signed_head"})

_ROLES = {
    OWNER: "NOLOGIN",
    APPLICATION: "LOGIN",
    AUDITOR: "LOGIN",
    REGISTRY: "NOLOGIN",
    DOORKEEPER: "NOLOGIN",
}
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
GRANT SELECT (tenant_id, position) ON tenant_head TO leaddesk_registry;
CREATE OR REPLACE FUNCTION tenants_with_a_log() RETURNS TABLE (tenant_id text) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = pg_catalog
  AS 'SELECT h.tenant_id FROM public.tenant_head h ORDER BY h.tenant_id';
CREATE OR REPLACE FUNCTION heads_of(wanted text) RETURNS TABLE (tenant_id text, head bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
  AS 'SELECT h.tenant_id, h.position FROM public.tenant_head h
      WHERE h.tenant_id = ANY (string_to_array(wanted, '' ''))';
DROP POLICY IF EXISTS listed ON erasure;
DROP POLICY IF EXISTS listed ON deadline;
DROP POLICY IF EXISTS listed ON webhook;
CREATE POLICY listed ON erasure FOR SELECT TO leaddesk_registry USING (true);
CREATE POLICY listed ON deadline FOR SELECT TO leaddesk_registry USING (true);
CREATE POLICY listed ON webhook FOR SELECT TO leaddesk_registry USING (true);
GRANT SELECT (tenant_id) ON erasure, webhook TO leaddesk_registry;
GRANT SELECT (tenant_id, at) ON deadline TO leaddesk_registry;
CREATE OR REPLACE FUNCTION tenants_due(until text) RETURNS TABLE (tenant_id text) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = pg_catalog
  AS 'SELECT e.tenant_id FROM public.erasure e UNION
      SELECT d.tenant_id FROM public.deadline d WHERE d.at <= until ORDER BY 1';
CREATE OR REPLACE FUNCTION tenants_with_webhooks() RETURNS TABLE (tenant_id text) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = pg_catalog
  AS 'SELECT DISTINCT w.tenant_id FROM public.webhook w ORDER BY 1';
GRANT CREATE ON SCHEMA public TO leaddesk_registry;
ALTER FUNCTION tenants_with_a_log() OWNER TO leaddesk_registry;
REVOKE ALL ON FUNCTION tenants_with_a_log() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_with_a_log() TO leaddesk_app, leaddesk_auditor;
GRANT SELECT ON instance TO leaddesk_app, leaddesk_auditor;
"""
_KEEP_DOORS = """
DROP POLICY IF EXISTS told ON door;
CREATE POLICY told ON door FOR SELECT TO leaddesk_doorkeeper USING (true);
REVOKE ALL ON door FROM leaddesk_doorkeeper;
GRANT SELECT (tenant_id, mark) ON door TO leaddesk_doorkeeper;
CREATE OR REPLACE FUNCTION tenant_behind(wanted bytea) RETURNS text LANGUAGE sql STABLE STRICT
  SECURITY DEFINER SET search_path = pg_catalog
  AS 'SELECT d.tenant_id FROM public.door d WHERE d.mark = wanted';
GRANT CREATE ON SCHEMA public TO leaddesk_doorkeeper;
ALTER FUNCTION tenant_behind(bytea) OWNER TO leaddesk_doorkeeper;
REVOKE CREATE ON SCHEMA public FROM leaddesk_doorkeeper;
REVOKE ALL ON FUNCTION tenant_behind(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenant_behind(bytea) TO leaddesk_app;
REVOKE ALL ON attempt, authorization_request FROM PUBLIC, leaddesk_app, leaddesk_auditor;
GRANT SELECT, INSERT, UPDATE, DELETE ON attempt, authorization_request TO leaddesk_app;
"""
"""Whoever has no mark learns nothing: the function gives a tenant's id for a digest that only the bearer of a
credential, or who knows an e-mail and the instance's secret, can give. ``attempt`` and
``authorization_request`` have no tenant."""

_LEASES = """
REVOKE ALL ON lease FROM PUBLIC, leaddesk_app, leaddesk_auditor;
GRANT SELECT, INSERT, UPDATE, DELETE ON lease TO leaddesk_registry;
CREATE OR REPLACE FUNCTION take_lease(wanted text, taker text, milliseconds bigint) RETURNS boolean
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
    INSERT INTO public.lease AS l (name, holder, ends_at)
    SELECT wanted, taker, clock_timestamp() + milliseconds * interval '1 millisecond'
    WHERE milliseconds BETWEEN 1 AND 3600000 AND length(wanted) <= 60 AND length(taker) <= 100
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, ends_at = excluded.ends_at
    WHERE l.holder = excluded.holder OR l.ends_at <= clock_timestamp()
    RETURNING true $$;
CREATE OR REPLACE FUNCTION leave_lease(named text, leaver text) RETURNS void LANGUAGE sql
  VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
    DELETE FROM public.lease l WHERE l.name = named AND l.holder = leaver $$;
CREATE OR REPLACE FUNCTION held_leases() RETURNS TABLE (name text, holder text, milliseconds bigint)
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT l.name, l.holder, (extract(epoch FROM l.ends_at - clock_timestamp()) * 1000)::bigint
    FROM public.lease l WHERE l.ends_at > clock_timestamp() ORDER BY l.name $$;
"""
_APPLICATIONS = (
    "heads_of(text)",
    "tenants_due(text)",
    "tenants_with_webhooks()",
    "take_lease(text, text, bigint)",
    "leave_lease(text, text)",
    "held_leases()",
)
_HANDED_OUT = """
ALTER FUNCTION {function} OWNER TO leaddesk_registry;
REVOKE ALL ON FUNCTION {function} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {function} TO leaddesk_app;
"""


def make_roles(connection: Connection) -> list[str]:
    """Make the roles that are missing and return them; what is there loses every right beyond its own."""
    made = roles.make_roles(connection, _ROLES)
    connection.execute(f"GRANT {REGISTRY}, {DOORKEEPER} TO {OWNER}")
    return made


def put_up_walls(connection: Connection) -> None:
    """Put every table behind its policy and give each role what it needs; as the owner."""
    for (table,) in connection.execute(_TABLES).fetchall():
        named = sql.Identifier(table)
        connection.execute(sql.SQL(_WALL).format(table=named))
        rights = "SELECT, INSERT" if table in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
        connection.execute(sql.SQL(f"GRANT {rights} ON {{table}} TO {APPLICATION}").format(table=named))
        if table in AUDITED:
            connection.execute(sql.SQL(f"GRANT SELECT ON {{table}} TO {AUDITOR}").format(table=named))
    connection.execute(_REGISTER)
    connection.execute(_LEASES)
    for function in _APPLICATIONS:
        connection.execute(_HANDED_OUT.replace("{function}", function).encode())
    connection.execute("REVOKE CREATE ON SCHEMA public FROM leaddesk_registry")
    connection.execute(_KEEP_DOORS)
