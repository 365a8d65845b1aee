"""Networks that may come in, per tenant and per API key (measure B6): CIDR, IPv4 and IPv6.

An empty list lets everybody in. A key's own list stands instead of its tenant's: a machine stands elsewhere
than the office.
"""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MOST = 50
"""Networks of one list."""


@lru_cache(maxsize=4096)
def parsed(text: str) -> Network:
    """Read a network or a single address. Raises ``ValueError``; also where bits beyond the mask are set."""
    return ipaddress.ip_network(text)


def canonical(texts: Iterable[str]) -> tuple[str, ...]:
    """Write networks in their one form, each once, in their order. Raises ``ValueError``."""
    return tuple(dict.fromkeys(str(parsed(text.strip())) for text in texts))


def lets_in(networks: Iterable[str], source: str) -> bool:
    """Tell whether an address may come in. What is no address is in no network; IPv4 inside IPv6 is IPv4."""
    listed = tuple(networks)
    if not listed:
        return True
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in parsed(one) for one in listed)
