"""What this machine's administrators decided for leaddesk, and whether it counts."""

from __future__ import annotations

from leaddesk.doctor.looking import Finding
from leaddesk.settings.managed.gate import managed_settings
from leaddesk.settings.managed.rules import Fault, Managed

NAME = "managed settings"
_FAULTS = {
    Fault.UNREADABLE: "cannot be read",
    Fault.NOT_OURS: "ignored: not only administrators can write them (owner root, no writing for others)",
    Fault.TOO_LARGE: "too large",
    Fault.MALFORMED: "not well formed",
    Fault.WRONG: "wrong at “{key}”",
}
_CANNOT = "what administrators meant to decide here: their settings do not count, and no address may be typed"
_IGNORED = "what administrators meant to decide here: their settings do not count"


def managing() -> Finding:
    """Say what counts; no address, name or domain (A8)."""
    found = managed_settings()
    if found is None:
        return Finding(NAME, "none")
    if found.fault is None:
        return Finding(NAME, _said(found.managed))
    says = _FAULTS[found.fault].format(key=found.key)
    says += f" ({found.key})" if found.key and "{key}" not in _FAULTS[found.fault] else ""
    return Finding(NAME, says, _IGNORED if found.managed.typed else _CANNOT)


def _said(managed: Managed) -> str:
    parts = [f"{len(managed.instances)} instances", "a default" if managed.default else "no default"]
    by_domain = sum(bool(one.domains) for one in managed.instances)
    parts += [f"{by_domain} found by e-mail domain"] if by_domain else []
    parts.append("addresses may be typed" if managed.typed else "only these")
    if managed.idle_minutes is not None:
        parts.append(f"locks after {managed.idle_minutes} min at most")
    parts += ["a proxy"] if managed.proxy is not None else []
    parts += ["own certificates"] if managed.ca_file is not None else []
    return ", ".join(parts)
