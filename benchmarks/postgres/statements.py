"""The product's own statements as pgbench takes them."""

from __future__ import annotations

from typing import Any

from benchmarks.postgres.installation import Installation
from leaddesk.contract.ids import MemberId, TenantId, member_urn
from leaddesk.contract.people import Role
from leaddesk.server.identity.caller import ROLE_RIGHTS, Caller
from leaddesk.server.queries.listing.filters import parse
from leaddesk.server.queries.listing.pages import View, _rows

_SIZE = 100
_PLACES = (
    "SELECT modified_at, id FROM (SELECT modified_at, id, row_number() OVER (ORDER BY modified_at, id) AS n"
    " FROM lead WHERE tenant_id = %s) l WHERE n %% %s = 0 ORDER BY modified_at, id LIMIT %s"
)


class _Told:
    """Stands where a transaction would; keeps what a page asks it."""

    def select(self, sql: str, *params: Any) -> list[Any]:
        """Keep a statement."""
        self.asked = sql, params
        return []

    search = select


def admin_of(tenant: TenantId) -> Caller:
    """Somebody who sees all leads of a tenant."""
    member = MemberId("-")
    rights = ROLE_RIGHTS[Role.ADMIN]
    return Caller(tenant, member, member_urn(member), "-", Role.ADMIN, rights, sees_all_leads=True)


def pages(place: Installation, tenant: TenantId, count: int) -> list[str]:
    """Write a script for each of the first pages of the list."""
    with place.admin() as admin:
        places = admin.execute(_PLACES.encode(), (tenant, _SIZE, count)).fetchall()
    told, view = _Told(), View(admin_of(tenant), parse(lambda _: ()), True)
    scripts = []
    for modified, lead_id in places:
        _rows(told, view, _SIZE + 1, [str(modified), str(lead_id)])  # type: ignore[arg-type]
        sql, params = told.asked
        for value in (tenant, *params):
            sql = sql.replace("?", repr(value), 1)
        scripts.append(sql + ";\n")
    return scripts
