"""The porter: carries orders out on the running server, each by the commands that everybody else uses."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from leaddesk.contract.ids import TenantId
from leaddesk.server.archive.signal import Exports, StillSigning
from leaddesk.server.commands.erasure.retention import due
from leaddesk.server.database.threads import BESIDE
from leaddesk.server.door.equipping import Equipment
from leaddesk.server.door.orders import (
    DONE,
    AddPartner,
    AddPerson,
    Answer,
    AnyOrder,
    ApplyBlueprint,
    CreateTenant,
    DeadLetters,
    DeleteTenant,
    Export,
    NotDone,
    Order,
    ProveDomain,
    Retention,
    ShowBlueprint,
    Status,
    Tenants,
    TurnEpoch,
)
from leaddesk.server.door.tenancy import Tenancy
from leaddesk.server.hooks.progress import dead_count
from leaddesk.server.web.beside.clock import Busy
from leaddesk.server.web.services import ALONE, Services

T = TypeVar("T")
Carry = Callable[[Any], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class About:
    """What the server is called and which of its parts do not work."""

    instance: str
    failing: Callable[[], Awaitable[list[str]]]


class Porter:
    """Knows for each kind of order who carries it out."""

    def __init__(self, services: Services, exports: Exports, about: About) -> None:
        self._services = services
        self._exports = exports
        self._about = about
        self._tenancy = Tenancy(services.office, services.identity.people)
        equipment = Equipment(services.office, services.identity.people)
        self._carriers: dict[type[Order], Carry] = {
            Status: self._status,
            Tenants: self._tenants,
            DeadLetters: self._dead_letters,
            Export: self._export,
            TurnEpoch: self._turn_epoch,
            Retention: self._retention,
            CreateTenant: self._in_a_thread(self._tenancy.create),
            ShowBlueprint: self._in_a_thread(equipment.show),
            ApplyBlueprint: self._in_a_thread(equipment.apply),
            AddPerson: self._in_a_thread(equipment.add_person),
            AddPartner: self._in_a_thread(equipment.add_partner),
            ProveDomain: self._in_a_thread(equipment.prove_domain),
            DeleteTenant: self._delete_tenant,
        }

    async def carry(self, order: AnyOrder) -> Answer:
        """Carry an order out. Raises :class:`NotDone`."""
        try:
            return Answer(DONE, await self._carriers[type(order)](order))
        except Busy:
            raise NotDone("busy") from None

    async def _status(self, _order: Status) -> dict[str, Any]:
        failing = await self._about.failing()
        about = {"instance": self._about.instance, "version": version("leaddesk"), "process": os.getpid()}
        if set(failing) & {"storage", "key-store"}:  # the rest cannot be asked for
            return {**about, "failing": failing}
        return {**about, "failing": failing, **await self._beside(self._state)}

    def _state(self) -> dict[str, Any]:
        log, here = self._services.office.log, f"{socket.gethostname()[:40]}:{os.getpid()}:"
        held = log.leases.held()
        return {
            "log": log.log_id,
            "tenants": self._tenancy.count(),
            "deadLetters": sum(one["letters"] for one in self._dead()),
            "epochDue": log.keys.is_turn_due(),
            "works": any(one.name == ALONE and one.holder.startswith(here) for one in held),
            "leases": [{"name": one.name, "holder": one.holder.rpartition(":")[0]} for one in held],
        }

    async def _tenants(self, _order: Tenants) -> dict[str, Any]:
        return {"tenants": await self._beside(self._tenancy.all)}

    async def _dead_letters(self, _order: DeadLetters) -> dict[str, Any]:
        return {"tenants": await self._beside(self._dead)}

    async def _export(self, order: Export) -> dict[str, Any]:
        if order.to is None and self._exports.folder is None:
            raise NotDone("no-folder")
        to = None if order.to is None else Path(order.to)
        try:
            path = await asyncio.to_thread(self._exports.write, self._services.office.clock, to)
        except StillSigning:
            raise NotDone("busy") from None
        except OSError as failure:
            raise NotDone("not-written", why=failure.strerror) from None
        return {"file": str(path), "bytes": path.stat().st_size}

    async def _turn_epoch(self, _order: TurnEpoch) -> dict[str, Any]:
        return {"keys": await self._services.clock.turn_epoch()}

    async def _retention(self, order: Retention) -> dict[str, Any]:
        gone = await (self._beside(self._due) if order.dry_run else self._services.clock.expire())
        told = await self._beside(lambda: self._named(gone))
        return {"dryRun": order.dry_run, "tenants": told, "leads": sum(gone.values())}

    def _in_a_thread(self, carry: Callable[[Any], dict[str, Any]]) -> Carry:
        async def carried(order: Any) -> dict[str, Any]:
            return await self._beside(lambda: carry(order))

        return carried

    async def _delete_tenant(self, order: DeleteTenant) -> dict[str, Any]:
        step = self._tenancy.ask if order.confirm is None else self._tenancy.erase
        return await self._beside(lambda: step(order))

    async def _beside(self, work: Callable[[], T]) -> T:
        """Make calls that may wait for the database, in none of the tenants' lanes."""
        return await self._services.office.log.threads.do(BESIDE, work)

    def _due(self) -> dict[TenantId, int]:
        office = self._services.office
        return {scope.tenant: due(office, scope) for scope in office.log.scopes()}

    def _named(self, gone: Mapping[TenantId, int]) -> list[dict[str, Any]]:
        name = self._services.identity.people.firm_of
        return [{"tenant": one, "name": name(one), "leads": leads} for one, leads in gone.items() if leads]

    def _dead(self) -> list[dict[str, Any]]:
        """Count per tenant what was given up; only where there is something."""
        told, name = [], self._services.identity.people.firm_of
        for scope in self._services.office.log.scopes():
            with self._services.office.log.for_tenant(scope).reading() as unit:
                letters = dead_count(unit)
            if letters:
                counts = {"webhooks": len(letters), "letters": sum(letters.values())}
                told.append({"tenant": scope.tenant, "name": name(scope.tenant), **counts})
        return told
