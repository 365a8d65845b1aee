"""What every endpoint gets, the way from a request to an order, and the work that goes on beside requests."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from starlette.requests import Request

from leaddesk.contract.ids import TenantId
from leaddesk.contract.problems import ProblemType
from leaddesk.server.commands.office import Office, Order, perform
from leaddesk.server.database.threads import BESIDE
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.eventlog.idempotency import Receipt
from leaddesk.server.eventlog.log import EventLog, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.eventlog.storage import Storage
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.facade import Identity
from leaddesk.server.keys.custody.mirror import AlreadyThere
from leaddesk.server.keys.envelope import Envelope
from leaddesk.server.keys.opening import keys_in_memory
from leaddesk.server.keys.port import INSTANCE, KeyHouse
from leaddesk.server.leases.turn import Turn
from leaddesk.server.oversight.access_log import AccessLog
from leaddesk.server.oversight.month_keys import StoredMonthKeys
from leaddesk.server.oversight.pseudonyms import Pseudonyms
from leaddesk.server.oversight.resolutions import Resolutions
from leaddesk.server.oversight.sqlite import SqliteAccess
from leaddesk.server.oversight.storage import AccessStorage
from leaddesk.server.queries.library import Library, is_erased
from leaddesk.server.web.beside.clock import Clock
from leaddesk.server.web.beside.heads import watch_heads
from leaddesk.server.web.beside.journal import Journal
from leaddesk.server.web.beside.outside import Outside
from leaddesk.server.web.edge.access import Records
from leaddesk.server.web.edge.inputs import idempotency_key, optional_key, raw_body

T = TypeVar("T")

ALONE = "background"
"""The lease of what one process does for all."""


@dataclass(frozen=True, slots=True)
class Services:
    """Commands' office, queries' library, who people are, and the record of who read what.

    ``closing`` is set when streams shall end.
    """

    office: Office
    library: Library
    identity: Identity
    access_log: AccessLog
    resolutions: Resolutions
    clock: Clock
    journal: Journal
    outside: Outside = field(default_factory=Outside)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def records(self) -> Records:
        """Return what guards put accesses on record with."""
        return Records(self.access_log, self._position_of)

    async def _position_of(self, tenant: TenantId) -> int:
        log = self.office.log.for_tenant(Scope(tenant))

        def look() -> int:
            with log.reading() as unit:
                return unit.head()[0]

        return await self.office.log.threads.do(tenant, look)


def build_services(
    storage: Storage,
    identity: Identity,
    clock: Callable[[], datetime],
    outside: Outside | None = None,
    vaults: "Vaults | None" = None,
) -> Services:
    """Put the parts together over one database; what lies apart from it in memory, if not told else."""
    vaults = vaults or Vaults(keys_in_memory(clock=clock))
    keys, accesses = vaults.keys, vaults.accesses
    log = EventLog(storage, keys)
    months = StoredMonthKeys(keys)
    access_log = AccessLog(accesses, Pseudonyms(accesses, months), clock)
    resolutions = Resolutions(accesses, months, clock)
    library = Library(log, identity.people, secret_of(keys, "continuations"))
    office = Office(log, clock, secret=secret_of(keys, "fingerprints"))
    journal = Journal(access_log, identity)
    worked = (access_log, resolutions, Clock(office, identity.people), journal, outside or Outside())
    return Services(office, library, identity, *worked)


def secret_of(keys: KeyHouse, purpose: str) -> bytes:
    """Derive a secret that all processes of an instance share and that outlives them, from the key store."""
    try:
        with keys.transaction() as opened:
            return opened.blind(INSTANCE, purpose, b"")
    except AlreadyThere:  # another process drew the key at the same moment
        return secret_of(keys, purpose)


@dataclass(frozen=True, slots=True)
class Vaults:
    """What lies apart from the data: the keys, and the database of the access log."""

    keys: Envelope
    accesses: AccessStorage = field(default_factory=SqliteAccess)

    def close(self) -> None:
        """Let go of both."""
        self.keys.store.close()
        self.accesses.close()


async def run_background(services: Services) -> None:
    """Work beside requests until cancelled; then open streams end too.

    What one process of an instance must do alone is done by the one that holds the lease.
    """
    office, turn = services.office, Turn(services.office.log.leases, ALONE)

    def ask(look: Callable[[], bool]) -> Awaitable[bool]:
        return office.log.threads.do(BESIDE, look)

    try:
        async with asyncio.TaskGroup() as work:
            work.create_task(turn.hold(lambda: _in_turn(services, turn), ask))
            work.create_task(services.outside.scanning.run(office))
            work.create_task(watch_heads(office.log))
    finally:
        services.closing.set()


async def _in_turn(services: Services, turn: Turn) -> None:
    """Watch the clock, tell webhooks."""
    async with asyncio.TaskGroup() as work:
        work.create_task(services.clock.watch(lambda: turn.is_held))
        work.create_task(services.outside.courier.run(services.office, lambda: turn.is_held))


async def core_order_of(request: Request, caller: Caller) -> Order:
    """Read an order of the core, whose clients need not send an idempotency key (contract, "Extension")."""
    key = optional_key(request)
    return await _order(request, caller, None if key is None else str(key))


async def order_of(request: Request, caller: Caller) -> Order:
    """Read an order of the extension, which has an idempotency key."""
    return await _order(request, caller, str(idempotency_key(request)))


def person_of(caller: Caller) -> Caller:
    """Let people through, who have signed in; a machine's key is nobody. Raises ``Refused`` (forbidden)."""
    if caller.session is None:
        raise Refused(ProblemType.FORBIDDEN)
    return caller


def once(
    services: "Services", order: Order, work: Callable[[], None], status: int = 204, made: str = ""
) -> None:
    """Do what is kept outside of the log once per idempotency key. ``made``: names what carries a secret.

    Raises ``Refused`` as the work does, and where a secret has been shown before.
    """
    ids = (made,) if made else ()

    def done(_unit: Unit) -> Receipt:
        work()
        return Receipt(status, ids)

    if perform(services.office, order, done).ids != ids:
        raise Refused(ProblemType.SECRET_ALREADY_SHOWN)


async def _order(request: Request, caller: Caller, key: str | None) -> Order:
    """Put together what the fingerprint covers: method, path, serial, body."""
    serial = request.headers.get("x-serial", "")
    place = f"{request.method} {request.url.path} {serial}"
    return Order(caller, key, (place.encode(), await raw_body(request)))


def rendered(library: Library, caller: Caller, receipt: Receipt, render: Callable[[], T]) -> T:
    """Render the answer from the current state; a repeated request after erasure is told so (410)."""
    try:
        return render()
    except Refused as refused:
        gone = refused.kind is ProblemType.NOT_FOUND and receipt.lead_id is not None
        if gone and is_erased(library, caller, str(receipt.lead_id)):
            raise Refused(ProblemType.ERASED) from refused
        raise
