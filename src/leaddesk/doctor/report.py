"""``leaddesk doctor --report``: everything useful for support, nothing about a person or a network (A8).

Only what is on a list is told: words that are known, versions, numbers, yes and no. A path, a host, a user or
a value of a variable can hold a name, so none is looked at further than whether it is there.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version

from leaddesk.doctor.looking import Finding
from leaddesk.guard import hook
from leaddesk.guard.probing import probe

PACKAGES = (
    "leaddesk",
    "PySide6-Essentials",
    "httpx",
    "keyring",
    "msgspec",
    "pydantic",
    "qasync",
    "truststore",
)
DESKTOPS = frozenset(
    {
        "gnome",
        "kde",
        "xfce",
        "lxqt",
        "lxde",
        "mate",
        "cinnamon",
        "budgie",
        "sway",
        "unity",
        "pantheon",
        "cosmic",
    }
)
SESSIONS = frozenset({"x11", "wayland", "tty"})
SWITCHES = (
    *(
        "HTTPS_PROXY",
        "https_proxy",
        "NO_PROXY",
        "LEADDESK_SERVER",
        "LEADDESK_INSTANCE",
        "WAYLAND_DISPLAY",
        "DISPLAY",
    ),
    *("DBUS_SESSION_BUS_ADDRESS", "QT_QPA_PLATFORM", "QT_SCALE_FACTOR", "QT_IM_MODULE", "FLATPAK_ID", "SNAP"),
)
"""Variables of which only is told whether they are set."""
_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)*")


def report(findings: Sequence[Finding], environment: Mapping[str, str]) -> str:
    """Return the report as lines of ``name: value``."""
    lines = [("report", "leaddesk doctor; no names, paths, hosts or values of variables")]
    lines += [(f"version {name}", _version(name)) for name in PACKAGES]
    lines += [(f"version {name}", value) for name, value in _system()]
    lines += [("desktop", _known(environment.get("XDG_CURRENT_DESKTOP", ""), DESKTOPS))]
    lines += [("session", _known(environment.get("XDG_SESSION_TYPE", ""), SESSIONS))]
    lines += [(f"set {name}", "yes" if environment.get(name) else "no") for name in SWITCHES]
    lines += [(f"guard {name}", str(value)) for name, value in vars(probe()).items()]
    lines += [("guard refused writes", str(hook.refused()))]
    for finding in findings:
        lines += [(f"found {finding.name}", finding.says)]
        lines += [(f"cannot {finding.name}", finding.cannot)] if finding.cannot else []
    return "".join(f"{name}: {value}\n" for name, value in lines)


def _system() -> list[tuple[str, str]]:
    """A release may be called after the company that built it: its numbers only."""
    return [
        ("system", platform.system()),
        ("kernel", _numbers(platform.release())),
        ("machine", platform.machine()),
        ("python", platform.python_version()),
        ("bundle", str(bool(getattr(sys, "frozen", False)))),
        ("processors", str(os.cpu_count())),
    ]


def _version(name: str) -> str:
    try:
        return _numbers(version(name))
    except PackageNotFoundError:
        return "none"


def _numbers(text: str) -> str:
    found = _NUMBERS.match(text)
    return found[0] if found is not None else "unknown"


def _known(text: str, words: frozenset[str]) -> str:
    found = [word for word in text.lower().replace(":", " ").split() if word in words]
    return " ".join(found) or ("other" if text else "none")
