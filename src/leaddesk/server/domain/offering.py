"""A brokerage: to whom a lead is offered and until when, one acceptance, what happens without one (A13, A17).

All partners are offered the lead at once, or one after another: then each has the market's response window
for itself, and a decline, a missed deadline or an ended partnership passes the chance on to the next.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from leaddesk.contract.problems import ProblemType
from leaddesk.contract.wire import format_time
from leaddesk.server.domain import events as e
from leaddesk.server.domain.lead import Brokerage, LeadState, Recorded
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.domain.sharing import passed_on

OPEN, WAITING, ACCEPTED = "OPEN", "WAITING", "ACCEPTED"
"""How an offer stands in the owner's log before it ends in one of the ways the wire names.

WAITING: its turn has not come, the partner knows nothing.
"""

OfferEvent = e.OfferAccepted | e.OfferDeclined | e.OfferMissed | e.OfferEnded


@dataclass(frozen=True, slots=True)
class Window:
    """When something is decided, and until when the next partner may answer then."""

    now: str
    response_seconds: int

    @property
    def deadline(self) -> str:
        """Say until when."""
        return format_time(datetime.fromisoformat(self.now) + timedelta(seconds=self.response_seconds))


def on_brokerage_started(state: LeadState, recorded: Recorded, event: e.BrokerageStarted) -> LeadState:
    """Fold the beginning: an offer to all partners at once, or a queue of them."""
    if event.one_after_another:
        statuses = {str(recipient.offer_id): WAITING for recipient in event.recipients}
        return replace(state, brokerage=Brokerage(event, statuses))
    statuses = {str(recipient.offer_id): OPEN for recipient in event.recipients}
    deadlines = {str(recipient.offer_id): event.deadline_at for recipient in event.recipients}
    tenants = {recipient.tenant_id for recipient in event.recipients}
    brokerage = Brokerage(event, statuses, deadlines)
    return replace(state, brokerage=brokerage, recipients=state.recipients | tenants)


def on_extended(state: LeadState, _recorded: Recorded, event: e.OfferExtended) -> LeadState:
    """Fold the turn of one partner: from now on it is among those who have received something."""
    brokerage = state.brokerage
    if brokerage is None:
        return state
    after = replace(
        brokerage,
        statuses={**brokerage.statuses, event.offer_id: OPEN},
        deadlines={**brokerage.deadlines, event.offer_id: event.deadline_at},
    )
    tenant = recipient_of(brokerage.started, event.offer_id).tenant_id
    return replace(state, brokerage=after, recipients=state.recipients | {tenant})


def on_brokerage_failed(state: LeadState, _recorded: Recorded, event: e.BrokerageFailed) -> LeadState:
    """Fold the end of a brokerage without a winner."""
    if state.brokerage is None or state.brokerage.started.brokerage_id != event.brokerage_id:
        return state
    return replace(state, brokerage=replace(state.brokerage, failed=True))


def on_offer(status: str) -> Callable[[LeadState, Recorded, OfferEvent], LeadState]:
    """Make the fold of one kind of offer's end."""

    def fold(state: LeadState, recorded: Recorded, event: OfferEvent) -> LeadState:
        if state.brokerage is None:
            return state
        statuses = {**state.brokerage.statuses, event.offer_id: status}
        return replace(state, brokerage=replace(state.brokerage, statuses=statuses))

    return fold


def on_interest(state: LeadState, _recorded: Recorded, event: e.InterestReported) -> LeadState:
    """Fold the wish of a partner that missed its chance."""
    if state.brokerage is None or event.offer_id not in state.brokerage.statuses:
        return state
    interested = state.brokerage.interested | {event.offer_id}
    return replace(state, brokerage=replace(state.brokerage, interested=interested))


def first_turn(started: e.BrokerageStarted) -> list[e.Event]:
    """Give the first partner of a queue its turn; nothing where all are offered the lead at once."""
    if not started.one_after_another:
        return []
    return [_turn(started, started.recipients[0].offer_id, started.deadline_at)]


def open_offer(state: LeadState, offer_id: str, now: str) -> e.BrokerageStarted:
    """Return the brokerage of an offer that can still be decided. Raises ``Refused`` (offer ended)."""
    brokerage = state.brokerage
    if brokerage is None or brokerage.statuses.get(offer_id) != OPEN or now >= brokerage.deadlines[offer_id]:
        raise Refused(ProblemType.OFFER_ENDED)
    return brokerage.started


def decide_acceptance(
    state: LeadState, offer_id: str, now: str, start: Callable[[e.BrokerageStarted], e.CommissionStarted]
) -> list[e.Event]:
    """Let one partner win: all others end, an own commission closes, the partner's opens.

    Two acceptances reach this with the same state; the stream's expected version lets one through. Partners
    whose turn never came hear nothing.
    """
    brokerage = open_offer(state, offer_id, now)
    commission = start(brokerage)
    others = [other for other in _standing(state, OPEN) if other != offer_id]
    offer = recipient_of(brokerage, offer_id).offer_id
    facts: list[e.Event] = [e.OfferAccepted(offer, commission.commission_id)]
    facts += [e.OfferEnded(recipient_of(brokerage, other).offer_id) for other in others]
    return [*facts, *passed_on(state), commission]


def decide_decline(state: LeadState, offer_id: str, reason: str, now: str) -> list[e.Event]:
    """Say no, with a reason that goes to the owner; the next has its turn, or the brokerage failed."""
    declined = e.OfferDeclined(recipient_of(open_offer(state, offer_id, now), offer_id).offer_id, reason)
    return [declined, *_after(state, {offer_id}, now)]


def decide_missed(state: LeadState, now: str) -> list[e.Event]:
    """Close every offer whose deadline has passed; nothing before it."""
    brokerage = state.brokerage
    if brokerage is None:
        return []
    missed = [offer for offer in _standing(state, OPEN) if now >= brokerage.deadlines[offer]]
    started = brokerage.started
    facts: list[e.Event] = [e.OfferMissed(recipient_of(started, offer).offer_id) for offer in missed]
    return [*facts, *_after(state, missed, now)]


def decide_ended(state: LeadState, sales_partner_id: str, now: str) -> list[e.Event]:
    """End the chance of one partner, because the partnership is over; nothing if it has none.

    One whose turn has not come is told nothing: it is ended here alone, so that its turn never comes.
    """
    brokerage = state.brokerage
    recipients = brokerage.started.recipients if brokerage else []
    standing = {*_standing(state, OPEN), *_standing(state, WAITING)}
    mine = [r.offer_id for r in recipients if r.sales_partner_id == sales_partner_id]
    ended = [offer_id for offer_id in mine if offer_id in standing]
    facts: list[e.Event] = [e.OfferEnded(offer_id) for offer_id in ended]
    return [*facts, *_after(state, ended, now)]


def recipient_of(started: e.BrokerageStarted, offer_id: str) -> e.Recipient:
    """Return the partner an offer is made to. Raises ``StopIteration`` for an offer of another brokerage."""
    return next(recipient for recipient in started.recipients if recipient.offer_id == offer_id)


def _after(state: LeadState, closing: Collection[str], now: str) -> list[e.Event]:
    """Say what follows when these offers close: the next one's turn, the failure, or nothing."""
    brokerage = state.brokerage
    if brokerage is None or not closing:
        return []
    left = {offer: status for offer, status in brokerage.statuses.items() if offer not in closing}
    if not {OPEN, ACCEPTED}.isdisjoint(left.values()):
        return []
    waiting = [offer for offer, status in left.items() if status == WAITING]
    if not waiting:
        return [e.BrokerageFailed(brokerage.started.brokerage_id)]
    window = Window(now, brokerage.started.response_seconds)
    return [_turn(brokerage.started, waiting[0], window.deadline)]


def _turn(started: e.BrokerageStarted, offer_id: str, deadline_at: str) -> e.OfferExtended:
    one = recipient_of(started, offer_id)
    return e.OfferExtended(one.offer_id, started.brokerage_id, one.sales_partner_id, deadline_at)


def _standing(state: LeadState, status: str) -> list[str]:
    statuses: Mapping[str, str] = state.brokerage.statuses if state.brokerage else {}
    return [offer for offer, one in statuses.items() if one == status]
