"""Which keyrings are trusted with a token, by an explicit list (guarantee B1).

The library's own choice is never used: it reads the environment and a configuration file, accepts plain
files and nothing at all, and imports the macOS backend on Linux, which starts a compiler (16 writes to /tmp).
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_WINDOWS = ("keyring.backends.Windows", "WinVaultKeyring")
VETTED: dict[str, tuple[tuple[str, str], ...]] = {
    "linux": (
        ("keyring.backends.SecretService", "Keyring"),
        ("keyring.backends.kwallet", "DBusKeyring"),
    ),
    "win32": (_WINDOWS,),
    "darwin": (("keyring.backends.macOS", "Keyring"),),
}
"""In order of preference. Exactly these classes; a subclass or wrapper is another keyring."""


def choose_backend(platform: str = sys.platform) -> KeyringBackend | None:
    """Return the first vetted keyring that works here, made the library's only one; blocking.

    ``priority`` of a backend raises when its service is missing, and is below 1 when it is not recommended.
    Raises :class:`TimeoutError` when a message bus was too busy to tell: that says nothing of the keyring.
    """
    for module, name in VETTED.get(platform, ()):
        kind = _load(module, name)
        if kind is None or not _works(kind):
            continue
        backend: KeyringBackend = kind()
        import keyring

        keyring.set_keyring(backend)
        return backend
    return None


def is_vetted(backend: object, platform: str = sys.platform) -> bool:
    """Tell whether this very object may hold a token."""
    kind = type(backend)
    return (kind.__module__, kind.__qualname__) in VETTED.get(platform, ()) and _is_genuine(kind)


def would_prompt(backend: Any) -> bool:
    """Tell whether reading would ask the person for a password; blocking. Where nobody can tell, it would."""
    module = type(backend).__module__
    if module != "keyring.backends.SecretService":
        return module != _WINDOWS[0]
    import secretstorage

    with contextlib.closing(secretstorage.dbus_init()) as bus:
        try:
            return bool(secretstorage.Collection(bus).is_locked())
        except secretstorage.ItemNotFoundException:
            return True  # the library would make the default collection, and ask for its password


def why_none(platform: str = sys.platform) -> str:
    """Return why :func:`choose_backend` chose nothing, in words for the doctor; blocking."""
    if platform != "linux":
        return "the system's own does not answer"
    import secretstorage

    try:
        with contextlib.closing(secretstorage.dbus_init()) as bus:
            there = secretstorage.check_service_availability(bus)
    except Exception:
        return "there is no session bus to ask"
    return "it answers with errors" if there else "no Secret Service on the session bus, the only one vetted"


def _load(module: str, name: str) -> Any:
    try:
        return getattr(importlib.import_module(module), name, None)
    except ImportError:
        return None


def _works(kind: Any) -> bool:
    try:
        return bool(kind.priority >= 1)
    except TimeoutError:
        raise
    except Exception:
        return False


def _is_genuine(kind: type) -> bool:
    module = sys.modules.get(kind.__module__)
    return module is not None and getattr(module, kind.__qualname__, None) is kind
