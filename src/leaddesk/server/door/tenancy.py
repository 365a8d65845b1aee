"""Tenants by an operator's hand: listed, created, and erased in two steps, the second with a code."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from leaddesk.contract.ids import TenantId
from leaddesk.personal.masked import Secret
from leaddesk.server.commands.erasure.tenants import delete_tenant
from leaddesk.server.commands.interventions import WithoutInstruction, instructed
from leaddesk.server.commands.office import Office
from leaddesk.server.commands.setup import EmailInUse, Founding, create_tenant
from leaddesk.server.domain.blueprint.plan import Misdrawn
from leaddesk.server.domain.blueprint.reading import read_blueprint
from leaddesk.server.domain.events import OperatorIntervened
from leaddesk.server.domain.partners.partnership import ACTIVE
from leaddesk.server.door.orders import CreateTenant, DeleteTenant, NotDone
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.choosing.rule import WeakPassword
from leaddesk.server.identity.people import People
from leaddesk.server.projections.partners.records import all_partners

TENANT_DELETED = "tenant.delete"
CODE_LIFE = timedelta(minutes=10)
TRIES = 3
"""Wrong codes after which the first step has to be done again."""
LONGEST = 200
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_LEADS = "SELECT COUNT(*) FROM lead WHERE tenant_id = ? AND owner_id = ?"
_FILES = "SELECT COUNT(*) FROM attachment WHERE tenant_id = ?"


@dataclass(slots=True)
class _Asked:
    """An erasure that waits for its confirmation."""

    code: str
    until: datetime
    event: OperatorIntervened
    tries: int = TRIES


class Tenancy:
    """What is asked here waits for its confirmation in this process's memory. Any thread may use it."""

    def __init__(self, office: Office, people: People) -> None:
        self._office = office
        self._people = people
        self._asked: dict[TenantId, _Asked] = {}

    def count(self) -> int:
        """Count the tenants."""
        return sum(self._people.firm_of(scope.tenant) is not None for scope in self._office.log.scopes())

    def all(self) -> list[dict[str, Any]]:
        """List the tenants with how much there is of each."""
        listed = ((scope.tenant, self._people.firm_of(scope.tenant)) for scope in self._office.log.scopes())
        return [self._counted(tenant, name) for tenant, name in listed if name is not None]

    def create(self, wanted: CreateTenant) -> dict[str, Any]:
        """Create a tenant and its first admin. Raises :class:`NotDone`."""
        check_lines(("name", wanted.tenant), ("admin-name", wanted.name), ("email", wanted.email))
        founding = Founding(
            wanted.tenant.strip(), wanted.name.strip(), wanted.email.strip(), Secret(wanted.password)
        )
        instruction = (wanted.operator, wanted.reason, wanted.reference)
        try:
            blueprint = read_blueprint(wanted.blueprint)
            tenant = create_tenant(self._office, self._people, founding, instruction, blueprint)
        except Misdrawn as wrong:
            raise NotDone("misdrawn", what=str(wrong)) from None
        except WithoutInstruction as missing:
            raise NotDone("without-instruction", what=str(missing)) from None
        except WeakPassword as weak:
            raise NotDone("weak-password", weakness=weak.weakness.value) from None
        except EmailInUse:
            raise NotDone("email-in-use") from None
        counts = {"forms": blueprint.forms, "pipelines": blueprint.pipelines, "markets": blueprint.markets}
        return {"tenant": tenant, "name": founding.tenant, **{key: len(of) for key, of in counts.items()}}

    def ask(self, wanted: DeleteTenant) -> dict[str, Any]:
        """Say what an erasure takes, and with which code it is confirmed. Raises :class:`NotDone`."""
        tenant = self._known(wanted.tenant)
        event = OperatorIntervened(wanted.operator, TENANT_DELETED, wanted.reason, wanted.reference)
        try:
            instructed(event)
        except WithoutInstruction as missing:
            raise NotDone("without-instruction", what=str(missing)) from None
        code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2))
        self._asked[tenant] = _Asked(code, self._office.clock() + CODE_LIFE, event)
        minutes = int(CODE_LIFE.total_seconds() // 60)
        return {**self._counted(tenant, self._people.firm_of(tenant)), "code": code, "minutes": minutes}

    def erase(self, wanted: DeleteTenant) -> dict[str, Any]:
        """Erase a tenant whose erasure was asked for a moment ago. Raises :class:`NotDone`."""
        tenant = self._known(wanted.tenant)
        name, event = self._people.firm_of(tenant), self._confirmed(tenant, wanted.confirm or "")
        delete_tenant(self._office, self._people, Scope(tenant), event)
        return {"tenant": tenant, "name": name, "erased": True}

    def _known(self, tenant: str) -> TenantId:
        known = TenantId(tenant)
        if Scope(known) not in self._office.log.scopes() or self._people.firm_of(known) is None:
            raise NotDone("no-such-tenant")
        return known

    def _confirmed(self, tenant: TenantId, code: str) -> OperatorIntervened:
        asked = self._asked.get(tenant)
        if asked is None or self._office.clock() >= asked.until:
            self._asked.pop(tenant, None)
            raise NotDone("not-asked")
        asked.tries -= 1
        if not hmac.compare_digest(asked.code.encode(), code.encode()):
            if not asked.tries:
                del self._asked[tenant]
            raise NotDone("wrong-code", tries=asked.tries)
        del self._asked[tenant]
        return asked.event

    def _counted(self, tenant: TenantId, name: str | None) -> dict[str, Any]:
        people, keys = self._people.members(tenant), self._people.api_keys.of(tenant)
        with self._office.log.for_tenant(Scope(tenant)).reading() as unit:
            counts = _counts(unit)
        return {"tenant": tenant, "name": name, "people": len(people), "apiKeys": len(keys), **counts}


def check_lines(*given: tuple[str, str]) -> None:
    """Check that each is one line, and what is called email an address. Raises :class:`NotDone`."""
    for field, value in given:
        if not 0 < len(value.strip()) <= LONGEST or not value.isprintable():
            raise NotDone("not-one-line", field=field)
        if field == "email" and "@" not in value:
            raise NotDone("no-email")


def _counts(unit: Unit) -> dict[str, int]:
    active = [one for one in all_partners(unit) if one.tenant_id and one.status == ACTIVE]
    return {
        "leads": unit.select(_LEADS, unit.tenant)[0][0],
        "files": unit.select(_FILES)[0][0],
        "partners": len(active),
    }
