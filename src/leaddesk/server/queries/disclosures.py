"""Who received which fields of a lead, when, decided by whom (measure A13)."""

from leaddesk.contract.history import Disclosure
from leaddesk.server.domain.documents import disclosed_labels
from leaddesk.server.domain.events import (
    BrokerageStarted,
    LeadAssignedDirectly,
    OfferAccepted,
    OfferExtended,
    Recipient,
)
from leaddesk.server.domain.lead import Recorded
from leaddesk.server.domain.offering import recipient_of
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries.directory import Names
from leaddesk.server.queries.library import Library, visible_lead

_ENDED = {"OfferDeclined", "OfferMissed", "OfferEnded"}


def disclosures(library: Library, caller: Caller, lead_id: str) -> list[Disclosure]:
    """Return the record, newest first; nothing for a granted lead: its owner keeps the record."""
    with library.reading(caller) as unit:
        state = visible_lead(unit, caller, lead_id)
        if state.received is not None:
            return []
        return recorded_disclosures(unit.stream(lead_id), Names(unit, library.directory))


def recorded_disclosures(stream: list[Recorded], names: Names) -> list[Disclosure]:
    """Tell the disclosures of one stream, newest first."""
    found: list[Disclosure] = []
    ends = {recorded.event.subject for recorded in stream if type(recorded.event).__name__ in _ENDED}
    started: BrokerageStarted | None = None
    for recorded in stream:
        if isinstance(recorded.event, BrokerageStarted):
            started = recorded.event
            if not started.one_after_another:
                found.append(_before(recorded, started, started.recipients, names, ends))
        elif isinstance(recorded.event, OfferExtended) and started is not None:
            told = [recipient_of(started, recorded.event.offer_id)]
            found.append(_before(recorded, started, told, names, ends))
        elif isinstance(recorded.event, OfferAccepted) and started is not None:
            found.append(_after(recorded, recorded.event, started, names))
        elif isinstance(recorded.event, LeadAssignedDirectly):
            found.append(_directly(recorded, recorded.event, names))
    return found[::-1]


def _before(
    recorded: Recorded,
    started: BrokerageStarted,
    recipients: list[Recipient],
    names: Names,
    ends: set[str | None],
) -> Disclosure:
    waiting = any(recipient.offer_id not in ends for recipient in recipients)
    return Disclosure.model_validate(
        {
            "disclosure_id": recorded.event.subject or started.brokerage_id,
            "at": recorded.at,
            "stage": "before-acceptance",
            "recipient_name": recipients[0].name if len(recipients) == 1 else "",
            "recipient_count": len(recipients),
            "market_name": started.market_name,
            "fields": disclosed_labels(started.before),
            "decided_by_name": names.of(started.decided_by),
            "state": "offered" if waiting else "ended",
        }
    )


def _after(recorded: Recorded, event: OfferAccepted, started: BrokerageStarted, names: Names) -> Disclosure:
    winner = recipient_of(started, event.offer_id)
    return Disclosure.model_validate(
        {
            "disclosure_id": event.offer_id,
            "at": recorded.at,
            "stage": "after-acceptance",
            "recipient_name": winner.name,
            "recipient_count": 1,
            "market_name": started.market_name,
            "fields": disclosed_labels(started.after.document),
            "decided_by_name": names.of(started.decided_by),
            "state": "accepted",
        }
    )


def _directly(recorded: Recorded, event: LeadAssignedDirectly, names: Names) -> Disclosure:
    """Tell of a lead handed to one partner: no market, every field."""
    return Disclosure.model_validate(
        {
            "disclosure_id": event.brokerage_id,
            "at": recorded.at,
            "stage": "after-acceptance",
            "recipient_name": event.recipient.name,
            "recipient_count": 1,
            "market_name": "",
            "fields": disclosed_labels(event.after.document),
            "decided_by_name": names.of(event.decided_by),
            "state": "accepted",
        }
    )
