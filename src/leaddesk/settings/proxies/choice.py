"""One choice of a proxy out of three places. Scripts (PAC) are never run: they are foreign code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit


class Source(StrEnum):
    """Who said so."""

    NOBODY = "nobody"
    MANAGED = "managed settings"
    ENVIRONMENT = "environment"
    SYSTEM = "operating system"


@dataclass(frozen=True, slots=True, repr=False)
class ProxyChoice:
    """The way out. ``url`` may hold a name and a password: it is shown nowhere.

    ``script``: the system names a script instead of a proxy; ``unusable``: no proxy of a kind we speak to.
    """

    url: str | None = None
    source: Source = Source.NOBODY
    script: bool = False
    unusable: bool = False


STRAIGHT = ProxyChoice()
_SYSTEMS = {"win32": "windows", "darwin": "macos"}


@dataclass(frozen=True, slots=True, repr=False)
class Network:
    """What managed settings say: ``proxy`` is an address or ``direct``, ``exempt`` hosts need none.

    ``authorities``: certificates of the company's own authorities (PEM), beside the system's trust.
    """

    proxy: str | None = None
    exempt: tuple[str, ...] = ()
    authorities: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class SystemProxy:
    """What the operating system's static settings say."""

    url: str | None = None
    exempt: tuple[str, ...] = ()
    script: bool = False


def choose(
    host: str,
    environment: Mapping[str, str],
    network: Network,
    read_system: Callable[[Mapping[str, str]], SystemProxy] | None = None,
) -> ProxyChoice:
    """Return the way to a host: managed settings before the environment before the system."""
    if network.proxy is not None:
        straight = network.proxy == "direct" or is_exempt(host, network.exempt)
        return ProxyChoice(source=Source.MANAGED) if straight else _use(network.proxy, Source.MANAGED)
    named = _named(environment)
    if named or _value(environment, "NO_PROXY"):
        exempt = is_exempt(host, _value(environment, "NO_PROXY").split(","))
        if exempt or named:
            return ProxyChoice(source=Source.ENVIRONMENT) if exempt else _use(named, Source.ENVIRONMENT)
    found = (read_system or system_proxy)(environment)
    if is_exempt(host, found.exempt):
        return STRAIGHT
    if found.url is not None:
        return _use(found.url, Source.SYSTEM)
    return ProxyChoice(source=Source.SYSTEM, script=True) if found.script else STRAIGHT


def is_exempt(host: str, patterns: tuple[str, ...] | list[str]) -> bool:
    """Tell whether a host needs no proxy: ``*``, a host, a domain with all below it, an address or network.

    ``<local>`` is Windows' word for a name without a dot.
    """
    return any(_fits(host.lower().rstrip("."), pattern.strip().lower()) for pattern in patterns)


def system_proxy(environment: Mapping[str, str], platform: str = sys.platform) -> SystemProxy:
    """Read the operating system's settings; what cannot be read says nothing."""
    name = _SYSTEMS.get(platform, "gnome")
    found: SystemProxy = import_module(f"leaddesk.settings.proxies.{name}").read(environment)
    return found


def _fits(host: str, pattern: str) -> bool:
    if not pattern:
        return False
    if pattern == "*":
        return True
    if "/" in pattern:
        return _lies_in(host, pattern)
    if pattern == "<local>":
        return "." not in host
    pattern = pattern.partition(":")[0] if pattern.count(":") == 1 else pattern
    name = pattern.removeprefix("*").lstrip(".")
    return host == name or host.endswith("." + name)


def _lies_in(host: str, network: str) -> bool:
    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:
        return False


def _named(environment: Mapping[str, str]) -> str:
    return _value(environment, "HTTPS_PROXY") or _value(environment, "ALL_PROXY")


def _value(environment: Mapping[str, str], name: str) -> str:
    return (environment.get(name.lower()) or environment.get(name) or "").strip()


def _use(address: str, source: Source) -> ProxyChoice:
    """Take an address as people write it: without a scheme it is http."""
    url = address if "://" in address else f"http://{address}"
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    return ProxyChoice(url, source) if good else ProxyChoice(source=source, unusable=True)
