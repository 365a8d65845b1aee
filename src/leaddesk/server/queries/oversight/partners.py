"""Everything one partner received, by lead, newest first; complete, whatever leads the asker may see."""

from dataclasses import dataclass

from leaddesk.contract.oversight import PartnerDisclosure
from leaddesk.server.domain.events import BrokerageStarted
from leaddesk.server.domain.lead import Recorded
from leaddesk.server.domain.refusal import not_found
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.identity.caller import Caller
from leaddesk.server.projections import references
from leaddesk.server.projections.disclosed import leads_disclosed, partners_given
from leaddesk.server.queries.directory import Names
from leaddesk.server.queries.disclosures import recorded_disclosures
from leaddesk.server.queries.library import Library
from leaddesk.server.queries.listing.continuation import seal, unseal

NEWEST = 2**62


@dataclass(frozen=True, slots=True)
class Received:
    """A page, and where the next one begins (absent: no more). A lead's disclosures are never torn apart."""

    disclosures: list[PartnerDisclosure]
    continuation: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: below a position, for one partner."""

    sales_partner_id: str
    before: int = NEWEST


def continued(library: Library, caller: Caller, continuation: str) -> Place:
    """Read a continuation. Raises ``Refused`` (invalid)."""
    sales_partner_id, before = unseal(library.secret, _bound_to(caller), continuation)
    return Place(sales_partner_id, int(before))


def received_by(library: Library, caller: Caller, place: Place, size: int) -> Received:
    """Return what a partner received of the next ``size`` leads. Raises ``Refused`` (not found)."""
    sales_partner_id = place.sales_partner_id
    with library.reading(caller) as unit:
        if references.one_of(unit, references.SALES_PARTNER, sales_partner_id) is None:
            raise not_found()
        names = Names(unit, library.directory)
        leads = leads_disclosed(unit, sales_partner_id, place.before, size + 1)
        found = [one for lead in leads[:size] for one in _of(unit, names, sales_partner_id, lead)]
    if len(leads) <= size:
        return Received(found, None)
    end = [sales_partner_id, str(leads[size - 1][0])]
    return Received(found, seal(library.secret, _bound_to(caller), end))


def _bound_to(caller: Caller) -> str:
    return f"disclosures\x1f{caller.tenant_id}"


def _of(
    unit: Unit, names: Names, sales_partner_id: str, lead: tuple[int, str, str]
) -> list[PartnerDisclosure]:
    _, lead_id, at = lead
    stream = unit.stream(lead_id)
    mine = _offers_to(stream, sales_partner_id)
    if not mine:
        return [_erased(lead_id, at)]
    found = recorded_disclosures(stream, names)
    return [
        PartnerDisclosure.model_validate({**one.model_dump(), "lead_id": lead_id})
        for one in found
        if one.disclosure_id in mine
    ]


def _offers_to(stream: list[Recorded], sales_partner_id: str) -> set[str]:
    """Name the disclosures that reached a partner: its offers, and the brokerages they belong to."""
    ids: set[str] = set()
    for recorded in stream:
        event = recorded.event
        if sales_partner_id in partners_given(event):
            ids.update(str(one) for one in (event.subject, getattr(event, "brokerage_id", None)) if one)
        if isinstance(event, BrokerageStarted):
            ids.update(one.offer_id for one in event.recipients if one.sales_partner_id == sales_partner_id)
    return ids


def _erased(lead_id: str, at: str) -> PartnerDisclosure:
    gone = {"disclosure_id": lead_id, "at": at, "stage": "before-acceptance", "recipient_name": ""}
    facts = {"recipient_count": 1, "market_name": "", "fields": [], "decided_by_name": "", "state": "ended"}
    return PartnerDisclosure.model_validate({**gone, **facts, "lead_id": lead_id, "erased": True})
