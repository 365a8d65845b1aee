"""API keys, as servers that speak only the public core take them (contract, "Auth")."""

from leaddesk.api.call import Call, Limits
from leaddesk.api.client import ApiClient
from leaddesk.personal.masked import Secret

_SMALL = Limits(seconds=15.0, bytes=1 << 20)


async def check_key(client: ApiClient, key: Secret) -> None:
    """Ask a server whether it knows a key. Raises :class:`~leaddesk.api.errors.Refused` with 401 or 403."""
    await client.ask(_with(key, "/test"))


async def try_reading(client: ApiClient, key: Secret) -> None:
    """Read one lead's head with a key. Raises ``Refused`` with 403 when it may not read leads."""
    await client.ask(_with(key, "/leads", ("maxResults", "1")))


def _with(key: Secret, path: str, *query: tuple[str, str]) -> Call:
    """The key stands there bare: no ``Bearer``, no other scheme."""
    return Call("GET", path, query, headers={"authorization": key.reveal()}, limits=_SMALL)
