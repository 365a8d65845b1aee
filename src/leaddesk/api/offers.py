"""Offers: a partner's chances."""

from leaddesk.api.call import Call, path
from leaddesk.api.client import ApiClient
from leaddesk.api.reading import read, read_all
from leaddesk.contract.ids import OfferId
from leaddesk.contract.offers import DeclineRequest, Offer


async def list_offers(client: ApiClient) -> tuple[Offer, ...]:
    """Return the tenant's offers, open ones first."""
    return read_all(Offer, (await client.ask(Call("GET", "/offers"))).body)


async def accept_offer(client: ApiClient, offer: OfferId, key: str) -> Offer:
    """Accept; the answer names the new lead. Another partner was quicker: 409 ``OFFER_ENDED``."""
    return read(Offer, (await client.ask(Call("POST", path("/offers/{}/accept", offer), key=key))).body)


async def decline_offer(client: ApiClient, offer: OfferId, decline: DeclineRequest, key: str) -> Offer:
    """Decline with a reason."""
    call = Call("POST", path("/offers/{}/decline", offer), body=decline, key=key)
    return read(Offer, (await client.ask(call)).body)
