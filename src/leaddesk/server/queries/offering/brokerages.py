"""The brokerages of a lead, told from its stream: each partner's chance, its deadline, its answer."""

from dataclasses import dataclass, field

from leaddesk.contract.outcomes import BrokerageDetail, BrokerageOffer, BrokerageStatus
from leaddesk.server.domain import events as e
from leaddesk.server.domain.lead import Recorded
from leaddesk.server.domain.offering import ACCEPTED, OPEN, WAITING
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries.library import Library, visible_lead

_ENDS = {
    e.OfferAccepted: ACCEPTED,
    e.OfferDeclined: "DECLINED",
    e.OfferMissed: "MISSED",
    e.OfferEnded: "ENDED",
}


@dataclass(slots=True)
class _Told:
    """A brokerage while its events are read."""

    at: str
    started: e.BrokerageStarted
    offers: dict[str, dict[str, object]] = field(default_factory=dict, repr=False)

    def detail(self) -> BrokerageDetail:
        """Write it as it travels."""
        standing = {offer["status"] for offer in self.offers.values()}
        status = BrokerageStatus.FAILED
        if ACCEPTED in standing:
            status = BrokerageStatus.ACCEPTED
        elif OPEN in standing:
            status = BrokerageStatus.RUNNING
        return BrokerageDetail.model_validate(
            {
                "brokerage_id": self.started.brokerage_id,
                "market_name": self.started.market_name,
                "started_at": self.at,
                "status": status,
                "offers": [BrokerageOffer.model_validate(offer) for offer in self.offers.values()],
            }
        )


def brokerages(library: Library, caller: Caller, lead_id: str) -> list[BrokerageDetail]:
    """Return them newest first; nothing for a granted lead: its owner offers it, not its reader."""
    with library.reading(caller) as unit:
        state = visible_lead(unit, caller, lead_id)
        if state.received is not None:
            return []
        return told_brokerages(unit.stream(lead_id))


def told_brokerages(stream: list[Recorded]) -> list[BrokerageDetail]:
    """Tell the brokerages of one stream, newest first."""
    found: list[_Told] = []
    for recorded in stream:
        event = recorded.event
        if isinstance(event, e.BrokerageStarted):
            found.append(_begun(recorded, event))
        elif event.subject is not None:
            for told in found:
                if event.subject in told.offers:
                    _note(told.offers[event.subject], recorded)
    return [told.detail() for told in reversed(found)]


def _begun(recorded: Recorded, started: e.BrokerageStarted) -> _Told:
    told = _Told(recorded.at, started)
    for one in started.recipients:
        offer: dict[str, object] = {
            "offer_id": one.offer_id,
            "sales_partner_id": one.sales_partner_id,
            "name": one.name,
            "status": WAITING,
        }
        if not started.one_after_another:
            offer |= {"status": OPEN, "offered_at": recorded.at, "deadline_at": started.deadline_at}
        told.offers[one.offer_id] = offer
    return told


def _note(offer: dict[str, object], recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, e.OfferExtended):
        offer |= {"status": OPEN, "offered_at": recorded.at, "deadline_at": event.deadline_at}
    elif isinstance(event, e.InterestReported):
        offer["still_interested"] = True
    elif type(event) in _ENDS:
        offer |= {"status": _ENDS[type(event)], "decided_at": recorded.at}
        if isinstance(event, e.OfferDeclined):
            offer["reason"] = event.reason
