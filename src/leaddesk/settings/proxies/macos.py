"""macOS: the network's proxies, as ``scutil --proxy`` prints them (System Configuration, scutil(8))."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping

from leaddesk.settings.proxies.choice import SystemProxy

_SECONDS = 2.0
_LINE = re.compile(r"^\s*(\w+) : (.*\S)\s*$", re.MULTILINE)
_ITEM = re.compile(r"^\s*\d+ : (.*\S)\s*$", re.MULTILINE)
_EXEMPT = re.compile(r"ExceptionsList : <array> \{(.*?)\}", re.DOTALL)


def read(_environment: Mapping[str, str], look: Callable[[], str] | None = None) -> SystemProxy:
    """Return the settings; ``look`` gives what ``scutil`` printed."""
    said = (look or _scutil)()
    exempt = _EXEMPT.search(said)
    hosts = list(_ITEM.findall(exempt[1])) if exempt is not None else []
    facts = dict(_LINE.findall(_EXEMPT.sub("", said)))
    if facts.get("ExcludeSimpleHostnames") == "1":
        hosts.append("<local>")
    url = None
    if facts.get("HTTPSEnable") == "1" and facts.get("HTTPSProxy"):
        url = f"http://{facts['HTTPSProxy']}:{facts.get('HTTPSPort', '80')}"
    script = "1" in (facts.get("ProxyAutoConfigEnable"), facts.get("ProxyAutoDiscoveryEnable"))
    return SystemProxy(url, tuple(hosts), script)


def _scutil() -> str:
    try:
        asked = subprocess.run(
            ["/usr/sbin/scutil", "--proxy"], capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return asked.stdout
