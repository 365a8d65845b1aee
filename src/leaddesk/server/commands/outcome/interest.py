"""A partner that missed its chance says that it would still like the lead."""

from leaddesk.contract.ids import OfferId
from leaddesk.contract.problems import ProblemType
from leaddesk.server.commands.office import Office, Order, perform
from leaddesk.server.commands.relay import settle
from leaddesk.server.domain.events import InterestShown
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.eventlog.idempotency import Receipt
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.keys.port import TENANT_KEY
from leaddesk.server.projections.offers import find_offer, fold_offer, store_offer


def show_interest(office: Office, order: Order, offer_id: str) -> Receipt:
    """Tell the owner once; saying it again changes nothing. Raises ``Refused``: wrong state unless missed."""

    def work(unit: Unit) -> Receipt:
        offer = find_offer(unit, offer_id)
        if offer.status != "MISSED":
            raise Refused(ProblemType.WRONG_STATE, field="status", expected="an offer that was MISSED")
        if not offer.interested:
            stamp = Stamp(office.now(), order.caller.urn, TENANT_KEY)
            version = unit.version_of(offer_id)
            for recorded in unit.append(offer_id, version, [InterestShown(OfferId(offer_id))], stamp):
                offer = fold_offer(unit, offer, recorded)
            store_offer(unit, offer)
        return Receipt(200, (offer_id,), offer.lead_id)

    receipt = perform(office, order, work)
    settle(office, order.scope)
    return receipt
