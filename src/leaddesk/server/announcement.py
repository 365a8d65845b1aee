"""What a demo server says when it is ready: its address and this run's random credentials, one JSON line.

It goes to a terminal or pipe of this machine, never into arguments, the environment or a log.
"""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from leaddesk.contract.people import Right
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.api_keys import ApiKeyRecord
from leaddesk.server.identity.people import People, PersonRecord, TenantRecord
from leaddesk.server.seed.world import Tenant, World

API_KEY_RIGHTS = frozenset(
    {
        Right.LEAD_READ,
        Right.LEAD_WRITE,
        Right.LEAD_DELETE,
        Right.LEAD_SHARE,
        Right.LEAD_ASSIGN,
        Right.PARTNER_MANAGE,
        Right.WEBHOOK_MANAGE,
    }
)
"""Every core right and deletion (contract, "Demo population"); decisions stay with people (four eyes)."""

API_KEY_NAME = "Website"
"""As the history of the demo's leads names who entered them."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """This run's secrets of one tenant: its API key, and a password for each member by e-mail."""

    tenant: Tenant
    api_key: Secret
    people: list[dict[str, str]] = field(repr=False)


def enter_people(world: World, people: People) -> list[Credentials]:
    """Enter the demo tenants and their members under fresh random credentials."""
    return [_enter_tenant(world, tenant, people) for tenant in world.tenants]


def ready_line(url: str, credentials: list[Credentials], outbox: Secret) -> str:
    """Write the line, without its end. ``outbox``: where the mails are shown that nobody gets."""
    tenants = [_announced(tenant) for tenant in credentials]
    return json.dumps({"url": url, "outbox": f"{url}/outbox/{outbox.reveal()}", "tenants": tenants})


def _enter_tenant(world: World, tenant: Tenant, people: People) -> Credentials:
    people.add_tenant(TenantRecord(tenant.tenant_id, tenant.name, tenant.policy))
    api_key = Secret(secrets.token_urlsafe(32))
    key = ApiKeyRecord(tenant.tenant_id, tenant.website_key, API_KEY_NAME, API_KEY_RIGHTS)
    people.api_keys.add(key, api_key)
    announced = []
    for one in world.people_of(tenant.key):
        password = Secret(secrets.token_urlsafe(15))
        record = PersonRecord(
            tenant.tenant_id, one.member_id, one.name, one.email, one.role, one.extra_rights
        )
        people.add_person(record, password)
        announced.append(
            {"name": one.name, "email": one.email, "password": password.reveal(), "role": one.role.value}
        )
    return Credentials(tenant, api_key, announced)


def _announced(credentials: Credentials) -> dict[str, Any]:
    return {
        "name": credentials.tenant.name,
        "id": credentials.tenant.tenant_id,
        "apiKey": credentials.api_key.reveal(),
        "people": credentials.people,
    }
