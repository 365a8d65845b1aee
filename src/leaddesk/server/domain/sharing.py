"""Share requests: who may ask, who may decide (measures A10, A17). What follows is domain.offering."""

from collections.abc import Collection
from dataclasses import replace

from leaddesk.contract.ids import Urn
from leaddesk.contract.problems import ProblemType
from leaddesk.server.domain import events as e
from leaddesk.server.domain.lead import OUTCOME_PASSED_ON, LeadState, Recorded, Share
from leaddesk.server.domain.refusal import Refused, forbidden, invalid, not_found, stale


def on_requested(state: LeadState, recorded: Recorded, event: e.ShareRequested) -> LeadState:
    """Fold a request."""
    share = Share(event, recorded.actor, recorded.at)
    return replace(state, shares={**state.shares, event.share_request_id: share})


def on_approved(state: LeadState, recorded: Recorded, event: e.ShareApproved) -> LeadState:
    """Fold an approval; an unassigned lead becomes the requester's inside the house."""
    after = _decided(state, recorded, event.share_request_id, "APPROVED", brokerage_id=event.brokerage_id)
    return replace(after, keeper=state.keeper or state.shares[event.share_request_id].requested_by)


def on_rejected(state: LeadState, recorded: Recorded, event: e.ShareRejected) -> LeadState:
    """Fold a rejection."""
    return _decided(state, recorded, event.share_request_id, "REJECTED", reason=event.reason)


def on_withdrawn(state: LeadState, recorded: Recorded, event: e.ShareWithdrawn) -> LeadState:
    """Fold a withdrawal."""
    return _decided(state, recorded, event.share_request_id, "WITHDRAWN")


def on_expired(state: LeadState, recorded: Recorded, event: e.ShareExpired) -> LeadState:
    """Fold an expiry; nobody decided."""
    return _decided(state, recorded, event.share_request_id, "EXPIRED")


def _decided(
    state: LeadState,
    recorded: Recorded,
    request_id: str,
    status: str,
    *,
    reason: str | None = None,
    brokerage_id: str | None = None,
) -> LeadState:
    share = state.shares[request_id]
    decided = replace(
        share,
        status=status,
        serial=share.serial + 1,
        decided_by=recorded.actor,
        decided_at=recorded.at,
        decision_reason=reason,
        brokerage_id=brokerage_id,
    )
    return replace(state, shares={**state.shares, request_id: decided})


def on_assigned(state: LeadState, _recorded: Recorded, event: e.LeadAssignedDirectly) -> LeadState:
    """Fold a direct assignment: one more tenant has received the lead; its commission comes next."""
    return replace(state, recipients=state.recipients | {event.recipient.tenant_id})


def decide_request(state: LeadState, asked: e.ShareRequested, labels: Collection[str]) -> list[e.Event]:
    """Ask to offer a lead on a market; ``labels`` are those the market's rule lets out.

    Raises ``Refused``: already offered while a request waits, a brokerage runs or a partner works the lead;
    invalid for a label outside the rule; forbidden for a lead that is only granted (it has an owner, A1).
    """
    check_free(state)
    if asked.fields is not None and not set(asked.fields) <= set(labels):
        raise invalid("fields", "labels of the market's rule")
    return [asked]


def check_free(state: LeadState) -> None:
    """Refuse to let a lead out twice: while a request waits, a brokerage runs or a partner works it.

    Raises ``Refused``: already offered; forbidden for a lead that is only granted (it has an owner, A1).
    """
    if state.received is not None:
        raise forbidden()
    waiting = any(share.status == "PENDING" for share in state.shares.values())
    offered = state.brokerage is not None and state.brokerage.running
    if waiting or offered or state.worked_by_partner:
        raise Refused(ProblemType.ALREADY_OFFERED)


def pending(state: LeadState, request_id: str, now: str) -> Share:
    """Return a request that can still be decided. Raises ``Refused`` (not found, already decided)."""
    share = state.shares.get(request_id)
    if share is None:
        raise not_found()
    if share.status != "PENDING" or now >= share.asked.expires_at:
        raise Refused(ProblemType.ALREADY_DECIDED)
    return share


def check_four_eyes(share: Share, actor: Urn) -> None:
    """Refuse the requester as approver (measure A10)."""
    if share.requested_by == actor:
        raise Refused(ProblemType.OWN_REQUEST)


def check_seen(state: LeadState, seen_serial: int) -> None:
    """Refuse an approval of a lead that has changed since the admin saw what would leave the house."""
    if seen_serial != state.serial:
        raise stale(state.serial)


def decide_withdrawal(share: Share, actor: Urn) -> list[e.Event]:
    """Take a request back. Raises ``Refused`` (forbidden) for anyone but the requester."""
    if share.requested_by != actor:
        raise forbidden()
    return [e.ShareWithdrawn(share.asked.share_request_id)]


def passed_on(state: LeadState) -> list[e.Event]:
    """Close the own running commission, because a partner's begins."""
    running = state.row.commission
    if running is None or running.closed_at is not None:
        return []
    return [e.CommissionClosed(running.commission_id, OUTCOME_PASSED_ON)]


def decide_expired(state: LeadState, now: str) -> list[e.Event]:
    """Close every request nobody decided in time."""
    late = [s for s in state.shares.values() if s.status == "PENDING" and now >= s.asked.expires_at]
    return [e.ShareExpired(share.asked.share_request_id) for share in late]
