"""Pages of short lists, which stand in memory as a whole: forms, sales partners."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries.library import Library
from leaddesk.server.queries.listing.continuation import seal, unseal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """One page, how many there are in all, and where the next page begins (absent: no more)."""

    items: Sequence[T]
    total: int
    continuation: str | None


def part_of(
    library: Library, caller: Caller, items: Sequence[T], asked: tuple[str, int | None, str | None]
) -> Part[T]:
    """Cut a page out. ``asked``: what the list is (with its filter), the page's size, the continuation.

    Raises ``Refused`` (invalid) for a continuation of another request.
    """
    name, size, continuation = asked
    bound_to = "\x1f".join((name, caller.tenant_id, caller.urn))
    first = int(unseal(library.secret, bound_to, continuation)[0]) if continuation else 0
    last = len(items) if size is None else first + size
    more = seal(library.secret, bound_to, [str(last)]) if last < len(items) else None
    return Part(items[first:last], len(items), more)
