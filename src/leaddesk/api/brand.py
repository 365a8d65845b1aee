"""How an instance presents itself, asked before anybody signs in."""

from leaddesk.api.call import Call, Limits
from leaddesk.api.client import ApiClient
from leaddesk.api.errors import Refused
from leaddesk.api.reading import read
from leaddesk.contract.brand import Brand

_SMALL = Limits(seconds=10.0, bytes=64 * 1024)


async def read_brand(client: ApiClient) -> Brand:
    """Return what the server says of itself; nothing from one that does not know the question.

    Raises :class:`~leaddesk.api.errors.ApiError`.
    """
    try:
        return read(Brand, (await client.ask(Call("GET", "/brand", limits=_SMALL))).body)
    except Refused:
        return Brand()
