"""Tenants as identity knows them: name, policy, rules for signing in, networks."""

from dataclasses import dataclass, field

import msgspec

from leaddesk.contract.ids import TenantId
from leaddesk.contract.people import TenantPolicy
from leaddesk.contract.tenant import SignInPolicy
from leaddesk.server.identity.storage.books import Page
from leaddesk.server.keys.places import firm_place
from leaddesk.server.keys.port import TENANT_KEY

_TENANT = "SELECT doc FROM tenant WHERE tenant_id = ?"
_SET_TENANT = (
    "INSERT INTO tenant (tenant_id, serial, doc) VALUES (?, 1, ?)"
    " ON CONFLICT (tenant_id) DO UPDATE SET serial = tenant.serial + 1, doc = excluded.doc"
)


@dataclass(frozen=True, slots=True)
class TenantRecord:
    """A customer of the platform. ``networks``: where its people may come from, in CIDR; empty: anywhere."""

    tenant_id: TenantId
    name: str
    policy: TenantPolicy = field(default_factory=TenantPolicy)
    sign_in: SignInPolicy = field(default_factory=SignInPolicy)
    networks: tuple[str, ...] = ()


def enter_tenant(page: Page, tenant: TenantRecord) -> None:
    """Enter the page's tenant; entering it again replaces all of it."""
    known = {
        "name": tenant.name,
        "policy": tenant.policy.model_dump(),
        "signIn": tenant.sign_in.model_dump(),
        "networks": tenant.networks,
    }
    page.run(_SET_TENANT, page.seal(TENANT_KEY, msgspec.json.encode(known), firm_place()))


def tenant_on(page: Page) -> TenantRecord:
    """Return the page's tenant. Raises ``KeyError``."""
    for (doc,) in page.select(_TENANT):
        content = page.opened(TENANT_KEY, doc, firm_place())
        if content is not None:
            known = msgspec.json.decode(content)
            policy, sign_in = TenantPolicy(**known["policy"]), SignInPolicy(**known.get("signIn", {}))
            return TenantRecord(page.tenant, known["name"], policy, sign_in, tuple(known.get("networks", ())))
    raise KeyError("tenant")


def is_by_firm_only(page: Page, member: str) -> bool:
    """Tell whether a member's password lets nobody in, for their firm alone does."""
    try:
        policy = tenant_on(page).sign_in
    except KeyError:
        return False
    return policy.firm_only and member not in policy.break_glass


def networks_on(page: Page) -> tuple[str, ...]:
    """Return where the people of the page's tenant may come from; of no tenant, from anywhere."""
    try:
        return tenant_on(page).networks
    except KeyError:
        return ()
