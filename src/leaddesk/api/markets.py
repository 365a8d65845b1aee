"""Markets: where leads are offered, and what partners would see."""

from leaddesk.api.call import Call, path
from leaddesk.api.client import ApiClient
from leaddesk.api.reading import read, read_all
from leaddesk.contract.ids import MarketId
from leaddesk.contract.markets import Market, SharePreview, SharePreviewRequest


async def list_markets(client: ApiClient) -> tuple[Market, ...]:
    """Return the tenant's markets with their visibility rules."""
    return read_all(Market, (await client.ask(Call("GET", "/markets"))).body)


async def preview_share(client: ApiClient, market: MarketId, request: SharePreviewRequest) -> SharePreview:
    """Ask for exactly the documents an approval would freeze; nothing is stored."""
    call = Call("POST", path("/markets/{}/preview", market), body=request)
    return read(SharePreview, (await client.ask(call)).body)
