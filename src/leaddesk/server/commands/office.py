"""What every command needs, and the one way a request changes something exactly once."""

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from leaddesk.contract.wire import format_time
from leaddesk.server.domain.lead import LeadState
from leaddesk.server.domain.refusal import not_found
from leaddesk.server.domain.visibility import may_see
from leaddesk.server.eventlog.idempotency import Receipt, mark_of, recall, remember
from leaddesk.server.eventlog.log import EventLog, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.eventlog.storage import VersionConflict
from leaddesk.server.identity.caller import Caller
from leaddesk.server.projections.erasure import keys_that_end_with
from leaddesk.server.projections.leads import load_lead

KEY_LIFE = timedelta(hours=24)
"""How long an idempotency key is known: longer than any client keeps asking."""

_ATTEMPTS = 5

T = TypeVar("T")


def new_uuid() -> str:
    """Make an id."""
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Office:
    """The log, the clock and the source of ids; ``secret`` keys the fingerprints."""

    log: EventLog
    clock: Callable[[], datetime]
    new_id: Callable[[], str] = new_uuid
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def now(self) -> str:
        """Return the time as it is stored."""
        return format_time(self.clock())


@dataclass(frozen=True, slots=True)
class Order:
    """Who wants something done, under which idempotency key (absent: not remembered), and what exactly.

    ``material``: method, path and serial; then the body, which may hold what has to be erased.
    """

    caller: Caller
    key: str | None
    material: tuple[bytes, ...] = field(repr=False)

    @property
    def scope(self) -> Scope:
        """The caller's one tenant."""
        return Scope(self.caller.tenant_id)


def persistently(work: Callable[[], T]) -> T:
    """Repeat the work with fresh state while others append in between; give up after a few times."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return work()
        except VersionConflict:
            continue
    return work()


def perform(office: Office, order: Order, work: Callable[[Unit], Receipt]) -> Receipt:
    """Do the work in one transaction, once per key; decide again when somebody else was quicker.

    Raises ``Refused`` as the work does, because the key was used for something else, or because what it did
    has been erased since.
    """
    return persistently(lambda: _perform(office, order, work))


def _perform(office: Office, order: Order, work: Callable[[Unit], Receipt]) -> Receipt:
    with office.log.for_tenant(order.scope).writing() as unit:
        if order.key is None:
            return work(unit)
        mark = mark_of(office.secret, order.caller.urn, order.material)
        known = recall(unit, order.key, mark, office.now(), keys_that_end_with)
        if known is not None:
            return known
        receipt = work(unit)
        expires_at = format_time(office.clock() + KEY_LIFE)
        remember(unit, order.key, mark, receipt, expires_at, keys_that_end_with)
        return receipt


def visible_lead(unit: Unit, caller: Caller, lead_id: str) -> LeadState:
    """Load a lead that the caller may see. Raises ``Refused`` (not found) otherwise."""
    state = load_lead(unit, lead_id)
    if not may_see(caller.sees_all_leads, caller.urn, state.keeper):
        raise not_found()
    return state
