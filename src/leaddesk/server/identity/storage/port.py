"""The port to identity's tables; two back ends, one SQL with ``?`` placeholders.

A transaction sees one tenant. Before a tenant is known there is one question only: behind which tenant's door
a mark lies – the digest of a credential, or the keyed digest of an e-mail. Who does not have the one or the
other learns nothing.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from leaddesk.contract.ids import TenantId
from leaddesk.server.database.failures import Value

NOBODY = TenantId("")
"""Behind an unknown mark: no row belongs to it, so that the same questions are asked and find nothing."""


class Rows(Protocol):
    """Statements inside one transaction."""

    def select(self, sql: str, params: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """Return all rows."""

    def run(self, sql: str, params: Sequence[Value] = ()) -> int:
        """Change rows and return how many. Raises ``VersionConflict``."""


class Storage(Protocol):
    """A database. Any thread may use it; transactions are not nested."""

    @property
    def is_shared(self) -> bool:
        """Tell whether other processes use it; then it outlives this one, and calls wait for a network."""

    def transaction(self, tenant: TenantId, *, writes: bool) -> AbstractContextManager[Rows]:
        """Open a transaction on one tenant's rows: committed at the end, rolled back on an exception."""

    def behind(self, mark: bytes, *, writes: bool) -> AbstractContextManager[tuple[TenantId, Rows]]:
        """Open a transaction on the rows of the tenant behind a mark, or of :data:`NOBODY`."""

    def apart(self) -> AbstractContextManager[Rows]:
        """Open a transaction on what belongs to no tenant: attempts to sign in, under keyed digests."""

    def close(self) -> None:
        """Let go of the database."""
