"""Binding the address of a demo server: loopback only, before anything else is loaded."""

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
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    try:
        return socket.create_server((str(address), port), family=family, backlog=BACKLOG)
    except OSError:
        raise AddressTaken from None


def url_of(listener: socket.socket) -> str:
    """Write the address of a bound socket as a client is given it."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
