"""Kinds of configured values: how a variable's text or a value of the file is read, what is expected."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_CONNINFO = re.compile(r"[a-z_]+=[^\s='\\]+( +[a-z_]+=[^\s='\\]+)*")

MOST_PATHS = 5


class Unexpected(Exception):
    """The value is not of its kind. The value itself is nowhere in here: it may be a secret."""


@dataclass(frozen=True, slots=True)
class Kind:
    """``expected`` completes "expected …"; ``read`` takes what stands in the file, or the variable's text."""

    expected: str
    read: Callable[[Any], Any]


def whole(low: int, high: int) -> Kind:
    """Describe a whole number."""

    def read(value: Any) -> int:
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 9:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise Unexpected
        return value

    return Kind(f"a whole number from {low} to {high}", read)


def text(longest: int) -> Kind:
    """Describe a line of text."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not 0 < len(value.strip()) <= longest or not value.isprintable():
            raise Unexpected
        return value.strip()

    return Kind(f"one line of 1 to {longest} characters", read)


def choice(*names: str) -> Kind:
    """Describe one of several words."""

    def read(value: Any) -> str:
        if value not in names:
            raise Unexpected
        return str(value)

    return Kind(" or ".join(names), read)


def _switch(value: Any) -> bool:
    if value in ("true", "false"):
        return bool(value == "true")
    if not isinstance(value, bool):
        raise Unexpected
    return value


def _path(value: Any) -> Path:
    if not isinstance(value, str) or "\0" in value or not value.startswith("/"):
        raise Unexpected
    return Path(value)


def _several(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    if not isinstance(value, list):
        raise Unexpected
    return value


def _two_paths(value: Any) -> tuple[Path, Path]:
    found = [_path(part) for part in _several(value)]
    if len(found) != 2 or found[0] == found[1]:
        raise Unexpected
    return found[0], found[1]


def _several_paths(value: Any) -> tuple[Path, ...]:
    found = tuple(_path(part) for part in _several(value))
    if not 2 <= len(found) <= MOST_PATHS or len(set(found)) < len(found):
        raise Unexpected
    return found


def _networks(value: Any) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(str(part)) for part in _several(value))
    except ValueError:
        raise Unexpected from None


def _host(value: Any) -> str:
    try:
        return "127.0.0.1" if value == "localhost" else str(ipaddress.ip_address(str(value)))
    except ValueError:
        raise Unexpected from None


def _url(value: Any) -> str:
    if not isinstance(value, str) or not value.isascii():
        raise Unexpected
    try:
        parts = urlsplit(value)
        plain = parts.scheme == "https" and parts.hostname and not parts.username and parts.path in ("", "/")
    except ValueError:
        raise Unexpected from None
    if not plain or parts.query or parts.fragment:
        raise Unexpected
    return value.rstrip("/")


def _scanner(value: Any) -> str:
    place = str(value)
    host, _, port = place.removeprefix("tcp:").rpartition(":")
    tcp = place.startswith("tcp:") and host and port.isascii() and port.isdigit()
    if not tcp and not place.startswith("unix:/"):
        raise Unexpected
    return place


def _database(value: Any) -> str:
    """A connection string without a role, for the roles are ours, and without a password."""
    if not isinstance(value, str) or not _CONNINFO.fullmatch(value.strip()):
        raise Unexpected
    words = dict(word.split("=", 1) for word in value.split())
    if "dbname" not in words or words.keys() & {"user", "password", "options"}:
        raise Unexpected
    return value.strip()


def _two_databases(value: Any) -> tuple[str, str]:
    found = [_database(part) for part in _several(value)]
    if len(found) != 2 or found[0] == found[1]:
        raise Unexpected
    return found[0], found[1]


_DATABASE = "such as host=/run/postgresql dbname=leaddesk, without user, password and options"


def _email(value: Any) -> str:
    if not isinstance(value, str) or not _EMAIL.fullmatch(value) or len(value) > 254:
        raise Unexpected
    return value


EMAIL = Kind("an e-mail address", _email)
DATABASE = Kind(f"a PostgreSQL database {_DATABASE}", _database)
TWO_DATABASES = Kind(f"two different PostgreSQL databases, each {_DATABASE}", _two_databases)
SWITCH = Kind("true or false", _switch)
PATH = Kind("an absolute path", _path)
SEVERAL_PATHS = Kind(f"two to {MOST_PATHS} different absolute paths", _several_paths)
TWO_PATHS = Kind("two different absolute paths", _two_paths)
NETWORKS = Kind("a list of networks such as 127.0.0.0/8", _networks)
HOST = Kind("an IP address or localhost", _host)
SCANNER = Kind("an address such as unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310", _scanner)
URL = Kind("an address such as https://leads.example.com, without a path", _url)
