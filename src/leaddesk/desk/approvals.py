"""An approver's side of sharing: the queue, what would leave the house, the decision."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from leaddesk.api.client import ApiClient
from leaddesk.api.sharing import read_share_request
from leaddesk.contract.ids import ShareRequestId
from leaddesk.contract.people import Right
from leaddesk.contract.sharing import (
    ApproveRequest,
    RejectRequest,
    ShareRequest,
    ShareRequestDetail,
    ShareStatus,
)
from leaddesk.desk.outbox import Outbox
from leaddesk.desk.outcomes import Ok, Outcome, Reason, Refused, outcome_of
from leaddesk.desk.sending.entries import Kind, wish
from leaddesk.desk.sign_in import SignIn
from leaddesk.personal.masked import Personal
from leaddesk.store.shelves import ShelfChange
from leaddesk.store.store import Store
from leaddesk.store.topics import Topic


@dataclass(frozen=True, slots=True)
class Decided:
    """How many requests were decided today, local time."""

    approved: int
    rejected: int


class Approvals:
    """The clerk for share requests of others; nobody decides their own (four eyes)."""

    def __init__(self, client: ApiClient, store: Store, outbox: Outbox, sign_in: SignIn) -> None:
        self._client = client
        self._store = store
        self._outbox = outbox
        self._sign_in = sign_in
        self.changed: Topic[None] = Topic()
        store.shares.changes.subscribe(self._tell)

    def queue(self) -> tuple[ShareRequest, ...]:
        """Return what is pending, oldest first; one's own are in it, to be seen and not decided."""
        pending = [one for one in self._store.shares.all() if one.status is ShareStatus.PENDING]
        return tuple(sorted(pending, key=lambda one: one.requested_at))

    def is_own(self, request: ShareRequest) -> bool:
        """Tell whether one asked oneself."""
        me = self._sign_in.me
        return me is not None and request.requested_by == me.person.urn

    @property
    def waiting_for_me(self) -> int:
        """How many one could decide."""
        me = self._sign_in.me
        if me is None or Right.SHARE_APPROVE not in me.rights:
            return 0
        return sum(not self.is_own(request) for request in self.queue())

    def decided_today(self) -> Decided:
        """Count today's decisions."""
        today = self._outbox.clock().astimezone().date()
        states = [
            one.status
            for one in self._store.shares.all()
            if one.decided_at is not None and one.decided_at.astimezone().date() == today
        ]
        return Decided(states.count(ShareStatus.APPROVED), states.count(ShareStatus.REJECTED))

    async def detail(self, share_request_id: ShareRequestId) -> Outcome[ShareRequestDetail]:
        """Read field by field what would leave the house."""
        outcome = await outcome_of(read_share_request(self._client, share_request_id))
        if isinstance(outcome, Ok):
            self._store.shares.upsert(outcome.value.request)
        return outcome

    async def approve(self, share_request_id: ShareRequestId, lead_serial: int) -> Outcome[ShareRequest]:
        """Approve what was seen; ``Conflict`` when the lead has changed since."""
        request = ApproveRequest(lead_serial=lead_serial)
        entry = wish(Kind.APPROVE, share_request_id, self._outbox.clock(), request)
        return await self._outbox.perform(entry)

    async def reject(self, share_request_id: ShareRequestId, reason: Personal[str]) -> Outcome[ShareRequest]:
        """Reject with a reason."""
        try:
            request = RejectRequest(reason=reason.reveal())
        except ValidationError:
            return Refused(Reason.INVALID, "reason")
        entry = wish(Kind.REJECT, share_request_id, self._outbox.clock(), request)
        return await self._outbox.perform(entry)

    def _tell(self, _change: ShelfChange[ShareRequestId]) -> None:
        self.changed.publish(None)
