"""Lists that come in pages: forms, sales partners (contract, "Paging")."""

from typing import TypeVar

from leaddesk.api.call import Call
from leaddesk.api.client import ApiClient
from leaddesk.api.reading import read_all
from leaddesk.contract.wire import WireModel

MOST_PAGES = 1_000
"""A server that never ends does not keep the client for ever."""

M = TypeVar("M", bound=WireModel)


async def read_pages(client: ApiClient, kind: type[M], path: str) -> tuple[M, ...]:
    """Return the whole list: on to the next page until the header is missing or a page is empty.

    Raises :class:`~leaddesk.api.errors.ApiError`.
    """
    found: list[M] = []
    seen: set[str] = set()
    continuation = ""
    while len(seen) < MOST_PAGES:
        query = (("continuation", continuation),) if continuation else ()
        answer = await client.ask(Call("GET", path, query=query))
        page = read_all(kind, answer.body)
        found += page
        continuation = answer.headers.get("x-continuation", "")
        if not page or not continuation or continuation in seen:
            break
        seen.add(continuation)
    return tuple(found)
