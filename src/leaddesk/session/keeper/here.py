"""Entries that stay on this machine (guarantee B4): Windows' and macOS' keyrings would let them travel.

Linux' Secret Service and KWallet know of no other machine.
"""

from __future__ import annotations

import sys
from typing import Any, Protocol


class Entries(Protocol):
    """What is asked of a keyring; the library's backends are such."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return a secret."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret."""
        ...


def kept_here(backend: Any) -> Entries:
    """Return a vetted backend's entries, such that they stay on this machine."""
    kind = type(backend)
    if (kind.__module__, kind.__qualname__) == ("keyring.backends.Windows", "WinVaultKeyring"):
        return Credentials(backend)
    if (kind.__module__, kind.__qualname__) == ("keyring.backends.macOS", "Keyring"):
        from leaddesk.session.keeper.keychain import Framework, Keychain

        return Keychain(Framework(sys.modules[kind.__module__].api))
    entries: Entries = backend
    return entries


class Credentials:
    """Windows' credential manager, through the library.

    The library's default roams to other machines of a domain, and saves an earlier secret under a second name
    before it writes. Here ``CRED_PERSIST_LOCAL_MACHINE`` holds, and there is one entry.
    """

    def __init__(self, backend: Any) -> None:
        backend.persist = "local machine"
        self._backend = backend

    def get_password(self, service: str, username: str) -> str | None:
        """Return a secret."""
        found: str | None = self._backend.get_password(service, username)
        return found

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""
        self._backend._set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret."""
        self._backend.delete_password(service, username)
