"""Windows: policies in the registry's part that only administrators may write.

``HKEY_LOCAL_MACHINE\\Software\\Policies\\leaddesk``: values named as in the file of Linux (switches and
minutes as numbers), lists as multi-strings, and a key ``instance`` with one key an instance.
Written after Microsoft's description of the registry; tried against a stand-in.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from leaddesk.settings.managed.rules import MOST_INSTANCES, Fault, ManagedFault

KEY = "Software\\Policies\\leaddesk"
INSTANCES = "instance"
_MOST_VALUES = 50
_SWITCHES = frozenset({"typed-instances"})


def look(registry: Any = None) -> Mapping[str, object] | None:
    """Read the policy. Raises :class:`~leaddesk.settings.managed.rules.ManagedFault`."""
    winreg = registry or import_module("winreg")
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, KEY) as key:
            told = _values(winreg, key)
            instances = _instances(winreg, key)
    except FileNotFoundError:
        return None
    except OSError:
        raise ManagedFault(Fault.UNREADABLE) from None
    if instances:
        told["instance"] = instances
    return told or None


def _instances(winreg: Any, key: Any) -> list[dict[str, object]]:
    try:
        with winreg.OpenKey(key, INSTANCES) as folder:
            names = [winreg.EnumKey(folder, number) for number in range(winreg.QueryInfoKey(folder)[0])]
            if len(names) > MOST_INSTANCES:
                raise ManagedFault(Fault.WRONG, "instance")
            return [_instance(winreg, folder, name) for name in sorted(names)]
    except FileNotFoundError:
        return []


def _instance(winreg: Any, folder: Any, name: str) -> dict[str, object]:
    with winreg.OpenKey(folder, name) as key:
        return _values(winreg, key)


def _values(winreg: Any, key: Any) -> dict[str, object]:
    count = winreg.QueryInfoKey(key)[1]
    if count > _MOST_VALUES:
        raise ManagedFault(Fault.TOO_LARGE)
    found = (winreg.EnumValue(key, number) for number in range(count))
    return {name: _value(name, value) for name, value, _kind in found if name}


def _value(name: str, value: object) -> object:
    if name in _SWITCHES and isinstance(value, int):
        return bool(value)
    return list(value) if isinstance(value, tuple) else value
