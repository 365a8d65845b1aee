"""Which server addresses leaddesk accepts: https anywhere, http on loopback only (measure A2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

LIVE_SERVER = "https://api.leadtributor.cloud"
DEMO_SERVER = "https://api.demo.leadtributor.cloud"
_LOOPBACK_NAMES = frozenset({"localhost"})
_MAX_PORT = 65_535
_USUAL_PORTS = {"https": 443, "http": 80}
_LONGEST_HOST, _LONGEST_LABEL = 253, 63


class SettingsFault(StrEnum):
    """Why a setting was refused; the front door turns it into a sentence."""

    SERVER_MALFORMED = "server-malformed"
    SERVER_NOT_HTTPS = "server-not-https"
    SERVER_WITH_PATH = "server-with-path"
    SERVER_WITH_CREDENTIALS = "server-with-credentials"
    SERVER_NOT_ALLOWED = "server-not-allowed"
    UNKNOWN_VALUE = "unknown-value"
    UNKNOWN_FLAG = "unknown-flag"


class SettingsError(Exception):
    """A flag or variable cannot be used. ``what`` names the flag, never its value."""

    def __init__(self, fault: SettingsFault, what: str) -> None:
        super().__init__(f"{fault}: {what}")
        self.fault = fault
        self.what = what


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A checked origin, for example ``https://api.leadtributor.cloud`` or ``http://127.0.0.1:8600``.

    Invariant: ``url`` has scheme, host and at most a port that is not the scheme's own; no path, query, user
    or password. So one server has one address, and the name it gives itself can be compared.
    """

    url: str
    loopback: bool

    @property
    def encrypted(self) -> bool:
        """Tell whether the line is TLS."""
        return self.url.startswith("https://")


def read_address(text: str, what: str) -> ServerAddress:
    """Check a server address. Raises :class:`SettingsError` naming ``what`` (the flag or variable)."""
    parts, port = _split(text.strip(), what)
    host = parts.hostname or ""
    if parts.username is not None or parts.password is not None:
        raise SettingsError(SettingsFault.SERVER_WITH_CREDENTIALS, what)
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise SettingsError(SettingsFault.SERVER_WITH_PATH, what)
    loopback = is_loopback(host)
    if parts.scheme != "https" and not loopback:
        raise SettingsError(SettingsFault.SERVER_NOT_HTTPS, what)
    shown = f"[{host}]" if ":" in host else host
    suffix = "" if port in (None, _USUAL_PORTS[parts.scheme]) else f":{port}"
    return ServerAddress(f"{parts.scheme}://{shown}{suffix}", loopback)


def is_loopback(host: str) -> bool:
    """Tell whether a host name can only mean this machine."""
    if host in _LOOPBACK_NAMES:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _split(text: str, what: str) -> tuple[SplitResult, int | None]:
    malformed = SettingsError(SettingsFault.SERVER_MALFORMED, what)
    if not text.isascii() or not text.isprintable() or any(character in text for character in ' \\"<>'):
        raise malformed
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise malformed from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or not _is_host(parts.hostname):
        raise malformed
    if port is not None and not 0 < port <= _MAX_PORT:
        raise malformed
    return parts, port


def _is_host(host: str) -> bool:
    if ":" in host:
        try:
            ip_address(host)
        except ValueError:
            return False
        return True
    labels = host.rstrip(".").split(".")
    if len(host) > _LONGEST_HOST or any(len(label) > _LONGEST_LABEL for label in labels):
        return False
    return all(label and label.replace("-", "a").replace("_", "a").isalnum() for label in labels)
