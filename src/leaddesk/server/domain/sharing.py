"""Share requests and the brokerage that follows: four eyes, one acceptance (measures A10, A13, A17)."""

from collections.abc import Callable, Collection
from dataclasses import replace

from leaddesk.contract.ids import Urn
from leaddesk.contract.problems import ProblemType
from leaddesk.server.domain import events as e
from leaddesk.server.domain.lead import OUTCOME_PASSED_ON, Brokerage, LeadState, Recorded, Share
from leaddesk.server.domain.refusal import Refused, forbidden, invalid, not_found, stale

OfferEvent = e.OfferAccepted | e.OfferDeclined | e.OfferMissed | e.OfferEnded


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


def on_brokerage_started(state: LeadState, recorded: Recorded, event: e.BrokerageStarted) -> LeadState:
    """Fold the offers to all partners at once."""
    statuses: dict[str, str] = {recipient.offer_id: "OPEN" for recipient in event.recipients}
    tenants = {recipient.tenant_id for recipient in event.recipients}
    return replace(state, brokerage=Brokerage(event, statuses), recipients=state.recipients | tenants)


def on_brokerage_failed(state: LeadState, _recorded: Recorded, event: e.BrokerageFailed) -> LeadState:
    """Fold the end of a brokerage without a winner."""
    if state.brokerage is None or state.brokerage.started.brokerage_id != event.brokerage_id:
        return state
    return replace(state, brokerage=replace(state.brokerage, failed=True))


def on_assigned(state: LeadState, _recorded: Recorded, event: e.LeadAssignedDirectly) -> LeadState:
    """Fold a direct assignment: one more tenant has received the lead; its commission comes next."""
    return replace(state, recipients=state.recipients | {event.recipient.tenant_id})


def on_offer(status: str) -> Callable[[LeadState, Recorded, OfferEvent], LeadState]:
    """Make the fold of one kind of offer's end."""

    def fold(state: LeadState, recorded: Recorded, event: OfferEvent) -> LeadState:
        if state.brokerage is None:
            return state
        statuses = {**state.brokerage.statuses, event.offer_id: status}
        return replace(state, brokerage=replace(state.brokerage, statuses=statuses))

    return fold


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


def open_offer(state: LeadState, offer_id: str, now: str) -> e.BrokerageStarted:
    """Return the brokerage of an offer that can still be decided. Raises ``Refused`` (offer ended)."""
    brokerage = state.brokerage
    late = brokerage is not None and now >= brokerage.started.deadline_at
    if brokerage is None or late or brokerage.statuses.get(offer_id) != "OPEN":
        raise Refused(ProblemType.OFFER_ENDED)
    return brokerage.started


def decide_acceptance(
    state: LeadState, offer_id: str, now: str, start: Callable[[e.BrokerageStarted], e.CommissionStarted]
) -> list[e.Event]:
    """Let one partner win: all others end, an own commission closes, the partner's opens.

    Two acceptances reach this with the same state; the stream's expected version lets one through.
    """
    brokerage = open_offer(state, offer_id, now)
    commission = start(brokerage)
    statuses = state.brokerage.statuses if state.brokerage else {}
    others = [other for other, status in statuses.items() if status == "OPEN" and other != offer_id]
    facts: list[e.Event] = [e.OfferAccepted(_offer(brokerage, offer_id).offer_id, commission.commission_id)]
    facts += [e.OfferEnded(_offer(brokerage, other).offer_id) for other in others]
    return [*facts, *passed_on(state), commission]


def passed_on(state: LeadState) -> list[e.Event]:
    """Close the own running commission, because a partner's begins."""
    running = state.row.commission
    if running is None or running.closed_at is not None:
        return []
    return [e.CommissionClosed(running.commission_id, OUTCOME_PASSED_ON)]


def decide_decline(state: LeadState, offer_id: str, reason: str, now: str) -> list[e.Event]:
    """Say no, with a reason that goes to the owner; where it was the last chance, the brokerage failed."""
    declined = e.OfferDeclined(_offer(open_offer(state, offer_id, now), offer_id).offer_id, reason)
    return [declined, *failed_without(state, {offer_id})]


def decide_missed(state: LeadState, now: str) -> list[e.Event]:
    """Close every offer whose deadline has passed; nothing before it."""
    brokerage = state.brokerage
    if brokerage is None or now < brokerage.started.deadline_at:
        return []
    missed = [offer for offer, status in brokerage.statuses.items() if status == "OPEN"]
    facts: list[e.Event] = [e.OfferMissed(_offer(brokerage.started, offer).offer_id) for offer in missed]
    return [*facts, *failed_without(state, missed)]


def decide_ended(state: LeadState, sales_partner_id: str) -> list[e.Event]:
    """End the open offer of one partner, because the partnership is over; nothing if it has none."""
    brokerage = state.brokerage
    recipients = brokerage.started.recipients if brokerage else []
    statuses = brokerage.statuses if brokerage else {}
    mine = [r.offer_id for r in recipients if r.sales_partner_id == sales_partner_id]
    ended = [offer_id for offer_id in mine if statuses.get(offer_id) == "OPEN"]
    facts: list[e.Event] = [e.OfferEnded(offer_id) for offer_id in ended]
    return [*facts, *failed_without(state, ended)]


def failed_without(state: LeadState, closing: Collection[str]) -> list[e.Event]:
    """Say that the brokerage failed if these offers were its last open ones and nobody has accepted."""
    brokerage = state.brokerage
    if brokerage is None or not closing:
        return []
    left = {status for offer_id, status in brokerage.statuses.items() if offer_id not in closing}
    hopeful = not left.isdisjoint({"OPEN", "ACCEPTED"})
    return [] if hopeful else [e.BrokerageFailed(brokerage.started.brokerage_id)]


def decide_expired(state: LeadState, now: str) -> list[e.Event]:
    """Close every request nobody decided in time."""
    late = [s for s in state.shares.values() if s.status == "PENDING" and now >= s.asked.expires_at]
    return [e.ShareExpired(share.asked.share_request_id) for share in late]


def _offer(brokerage: e.BrokerageStarted, offer_id: str) -> e.Recipient:
    return next(recipient for recipient in brokerage.recipients if recipient.offer_id == offer_id)
