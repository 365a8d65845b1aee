"""Where a webhook may lead: https, and never into our own networks (server-side request forgery).

At registration the form of the address and literal addresses are checked; a name is looked up at each
delivery, every address it has is checked, and the connection goes to the one that was checked.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""From a host name and port to all addresses of it. Raises ``OSError``."""

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(?P<port>\d{1,5}))?"
    r"(?P<path>(?:/[A-Za-z0-9._~!$&'()*+,;=:@/%-]*)?(?:\?[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*)?)"
)
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_NUMERIC = re.compile(r"(0[xX][0-9A-Fa-f]*|\d+)")
_HTTPS, _HTTP = 443, 80
_GLOBAL_6 = ipaddress.ip_network("2000::/3")
_CLOSED = [
    ipaddress.ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
]
"""IANA's special-purpose registries (RFC 6890); of version 6 only 2000::/3 is open at all, so that mapped,
compatible, translated (NAT64), unique local, link-local and multicast addresses are closed without a name."""


class WrongAddress(Exception):
    """The text is no address we deliver to; ``expected`` says what is."""

    def __init__(self, expected: str) -> None:
        super().__init__()
        self.expected = expected


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """An address taken apart by us, so that nobody after us can read it differently."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """Where it leads, without the path, which may hold a secret."""
        usual = {"https": _HTTPS, "http": _HTTP}[self.scheme]
        return f"{self.scheme}://{self.host}" + ("" if self.port == usual else f":{self.port}")

    def at(self, address: str) -> str:
        """Write the URL with a checked address in the place of the name."""
        host = f"[{address}]" if ":" in address else address
        return f"{self.scheme}://{host}:{self.port}{self.path or '/'}"


def read_url(text: str, loopback: bool = False) -> Target:
    """Take an address apart. ``loopback`` opens this machine, over plain HTTP too (tests).

    Raises :class:`WrongAddress`.
    """
    found = _URL.fullmatch(text)
    if found is None:
        raise WrongAddress("an https address, without user, fragment or characters outside ASCII")
    scheme, host = found["scheme"], found["host"]
    if scheme == "http" and not loopback:
        raise WrongAddress("an https address")
    port = int(found["port"] or (_HTTPS if scheme == "https" else _HTTP))
    if not 0 < port < 65536:
        raise WrongAddress("a port from 1 to 65535")
    literal = _literal(host)
    if literal is not None:
        if not is_open(literal, loopback):
            raise WrongAddress("a public address")
    elif not (_is_name(host) or (loopback and host == "localhost")):
        raise WrongAddress("a full host name, or an address in its usual form")
    return Target(scheme, host.lower(), port, found["path"])


def is_open(address: str, loopback: bool = False) -> bool:
    """Tell whether we deliver to an address. Raises ``ValueError`` for a text that is none."""
    ip = ipaddress.ip_address(address)
    if ip.is_loopback:
        return loopback
    if ip.version == 6 and ip not in _GLOBAL_6:
        return False
    closed = any(ip in network for network in _CLOSED if network.version == ip.version)
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not closed


async def checked_address(target: Target, resolve: Resolve, loopback: bool) -> str:
    """Return the one address to connect to. Raises :class:`WrongAddress` if any of the name's is closed,
    ``OSError`` if it has none.
    """
    literal = _literal(target.host)
    found = [literal] if literal is not None else await resolve(target.host, target.port)
    try:
        every = found and all(is_open(address, loopback) for address in found)
        plain = target.scheme == "http" and not all(ipaddress.ip_address(one).is_loopback for one in found)
    except ValueError:  # an address with a zone: of a link, never public
        raise WrongAddress("a public address") from None
    if not found:
        raise OSError
    if not every or plain:
        raise WrongAddress("a public address")
    return found[0]


async def system_resolve(host: str, port: int) -> list[str]:
    """Ask the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _literal(host: str) -> str | None:
    """Return a literal address; nothing for a name. Unusual spellings (octal, decimal, short) are neither."""
    if host.startswith("["):
        try:
            return str(ipaddress.IPv6Address(host[1:-1]))
        except ValueError:
            raise WrongAddress("an address in its usual form") from None
    if _NUMERIC.fullmatch(host.rstrip(".").rpartition(".")[2]) is None:
        return None
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError:
        raise WrongAddress("an address in its usual form") from None


def _is_name(host: str) -> bool:
    labels = host.split(".")
    fine = len(labels) > 1 and len(host) <= 253 and all(map(_LABEL.fullmatch, labels))
    return fine and labels[-1].lower() not in ("localhost", "local", "internal", "home", "lan", "arpa")
