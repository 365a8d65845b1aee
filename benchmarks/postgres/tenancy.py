"""A tenant of the benchmark's installation: what it works with, who works there."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from benchmarks.postgres.filling import Drawn, fill
from benchmarks.postgres.installation import Installation
from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.contract.people import Role
from leaddesk.personal.masked import Secret
from leaddesk.server.commands import setup
from leaddesk.server.commands.office import Office
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.people import People, PersonRecord
from leaddesk.server.identity.storage.books import Books
from leaddesk.server.identity.storage.postgres import PostgresIdentity
from leaddesk.server.seed.population import Population

_COLLEAGUE = "jens.kroeger@nordwind.example", "four other words of nobody's"


def equip(place: Installation, tenant: TenantId) -> None:
    """Set the pipelines that the population's leads run through."""
    office = Office(place.log, _now)
    for plan in Population(1, clock=_now).world.pipelines:
        if plan.tenant == "wagner":
            setup.define_pipeline(office, Scope(tenant), plan.pipeline)


def furnish(place: Installation, tenant: TenantId, leads: int) -> None:
    """Set pipelines, enter leads, let the database settle."""
    equip(place, tenant)
    fill(place, tenant, Drawn(leads).take(leads))
    place.settle()


def add_colleague(place: Installation, tenant: TenantId) -> tuple[str, str]:
    """Enter a second admin; returns e-mail and password."""
    identity = PostgresIdentity(place.conninfo())
    email, password = _COLLEAGUE
    member = MemberId(str(uuid.uuid4()))
    record = PersonRecord(tenant, member, "Jens Kröger", email, Role.ADMIN)
    People(Books(identity, place.keys)).add_person(record, Secret(password))
    identity.close()
    return email, password


def _now() -> datetime:
    return datetime.now(UTC)
