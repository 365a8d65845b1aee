"""Binding the address of a server, before anything heavy is loaded: the demo on loopback only."""

import ipaddress
import socket

BACKLOG = 512
LOCALHOST = "localhost"


class NotLoopback(Exception):
    """The address would be reachable from other machines, or is none."""


class AddressTaken(Exception):
    """The port is in use, or the system does not give it to us."""


def listen_on_loopback(host: str, port: int) -> socket.socket:
    """Bind a loopback address or ``localhost``; port 0 lets the system choose. No name is looked up.

    Raises :class:`NotLoopback` and :class:`AddressTaken`.
    """
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == LOCALHOST else host)
    except ValueError:
        raise NotLoopback from None
    if not address.is_loopback:
        raise NotLoopback
    return listen_on(str(address), port)


def listen_on(host: str, port: int) -> socket.socket:
    """Bind an IP address; port 0 lets the system choose. Raises :class:`AddressTaken`."""
    address = ipaddress.ip_address(host)
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    try:
        return socket.create_server((str(address), port), family=family, backlog=BACKLOG)
    except OSError:
        raise AddressTaken from None


def url_of(listener: socket.socket, scheme: str = "http") -> str:
    """Write the address of a bound socket as a client is given it."""
    host, port = listener.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
