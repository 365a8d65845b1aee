"""Windows: what a person set under "Manual proxy setup", as the registry holds it.

Read by :mod:`winreg` alone; the standard library's own reader looks hosts up in the DNS while it decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from leaddesk.settings.proxies.choice import SystemProxy

_KEY = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
_NAMES = ("ProxyEnable", "ProxyServer", "ProxyOverride", "AutoConfigURL")


def read(_environment: Mapping[str, str], look: Callable[[], Mapping[str, Any]] | None = None) -> SystemProxy:
    """Return the settings; ``look`` gives the registry's values by name."""
    values = (look or _registry)()
    exempt = tuple(part.strip() for part in str(values.get("ProxyOverride", "")).split(";") if part.strip())
    url = _server(str(values.get("ProxyServer", ""))) if values.get("ProxyEnable") == 1 else None
    return SystemProxy(url, exempt, bool(values.get("AutoConfigURL")))


def _server(text: str) -> str | None:
    """``host:port`` for everything, or ``http=host:port;https=host:port``."""
    if "=" not in text:
        return text.strip() or None
    named = dict(part.strip().split("=", 1) for part in text.split(";") if "=" in part)
    if "https" in named or "http" in named:
        return named.get("https") or named.get("http")
    return f"socks://{named['socks']}" if named.get("socks") else None


def _registry() -> dict[str, Any]:
    try:
        winreg: Any = import_module("winreg")
        found: dict[str, Any] = {}
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _KEY) as key:
            for name in _NAMES:
                value = _value(winreg, key, name)
                if value is not None:
                    found[name] = value
    except (ImportError, OSError):
        return {}
    return found


def _value(winreg: Any, key: Any, name: str) -> Any:
    try:
        return winreg.QueryValueEx(key, name)[0]
    except OSError:
        return None
