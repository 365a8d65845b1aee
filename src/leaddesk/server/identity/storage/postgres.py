"""Identity's tables on PostgreSQL: in the data's database, behind the same walls.

A transaction names its tenant by ``SET LOCAL``, which row-level security goes by. Before a tenant is known,
one function tells behind whose door a mark lies, and nothing else across tenants. The connections are
identity's own: a name may be asked for in the middle of a transaction on the log.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from leaddesk.contract.ids import TenantId
from leaddesk.server.database.statements import PostgresRows
from leaddesk.server.database.transactions import READ, WRITE, Transactions, for_tenant

SIZE = 6
"""Connections of one process: one for each of identity's workers, and some for names."""

_FOR_TENANT = "; SET LOCAL leaddesk.tenant = {tenant}"
_ROLE = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
_BEHIND = "SELECT set_config('leaddesk.tenant', COALESCE(tenant_behind(?), ''), true)"


class PostgresIdentity:
    """A database, migrated; used as the application role. From any thread."""

    is_shared = True

    def __init__(self, conninfo: str, size: int = SIZE) -> None:
        self._database = Transactions(conninfo, size)

    @contextmanager
    def transaction(self, tenant: TenantId, *, writes: bool) -> Iterator[PostgresRows]:
        """Open a transaction on one tenant's rows. Raises ``VersionConflict``, ``StorageUnavailable``.

        Who writes sees what was committed before each statement, so that a condition tells who was first.
        """
        begin = WRITE if writes else READ
        with self._database.within(for_tenant(begin + _FOR_TENANT, tenant), writes=writes) as rows:
            yield rows

    @contextmanager
    def behind(self, mark: bytes, *, writes: bool) -> Iterator[tuple[TenantId, PostgresRows]]:
        """Open a transaction on the rows of the tenant behind a mark. Raises as above."""
        with self._database.within(WRITE if writes else READ, writes=writes) as rows:
            ((tenant,),) = rows.select(_BEHIND, (mark,))
            yield TenantId(tenant), rows

    @contextmanager
    def apart(self) -> Iterator[PostgresRows]:
        """Open a transaction on what belongs to no tenant. Raises as above."""
        with self._database.within(WRITE) as rows:
            yield rows

    def is_behind_walls(self) -> bool:
        """Tell whether row-level security binds the connection's role. Raises ``StorageUnavailable``."""
        with self._database.within(READ, writes=False) as rows:
            ((is_free,),) = rows.select(_ROLE)
            return not is_free

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()
