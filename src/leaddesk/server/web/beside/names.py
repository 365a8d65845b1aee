"""Asking the domain name system for texts: this machine's resolver, with a limit of time and of answers."""

from collections.abc import Awaitable, Callable

Texts = Callable[[str], Awaitable[list[str]]]
"""Returns the TXT records of a name; none where there are none. Raises :class:`NoAnswer`."""

SECONDS, MOST = 5.0, 100


class NoAnswer(Exception):
    """The domain name system does not answer."""


async def nobody(_name: str) -> list[str]:
    """Ask nobody: the domain name system is not at hand, and nothing is shown by it."""
    return []


async def texts_of(name: str) -> list[str]:
    """Ask the resolver of this machine. Raises :class:`NoAnswer`."""
    from dns.asyncresolver import Resolver
    from dns.exception import DNSException
    from dns.resolver import NXDOMAIN
    from dns.resolver import NoAnswer as Nothing

    try:
        resolver = Resolver()
        found = await resolver.resolve(name, "TXT", lifetime=SECONDS, search=False)
    except (NXDOMAIN, Nothing):
        return []
    except (DNSException, OSError):
        raise NoAnswer from None
    return [b"".join(one.strings).decode("ascii", "replace") for one in list(found)[:MOST]]
