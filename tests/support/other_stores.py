"""Windows' and macOS' stores of secrets, made up at the system's edge after their documents.

``Vault`` stands where ``advapi32`` does (CredWriteW, CredReadW, CredDeleteW), ``Keychains`` where Apple's
Security framework does (SecItemAdd, SecItemUpdate, SecItemCopyMatching, SecItemDelete). They remember what
each entry was told of its travels.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from keyring.backends import Windows

from leaddesk.session.keeper.keychain import DENIED, NO_ENTITLEMENT, NOT_FOUND, Named, Query

SESSION, LOCAL_MACHINE, ENTERPRISE = 1, 2, 3
GENERIC, MOST_BYTES = 1, 2_560


class Vault:
    """Windows' credential manager; implements what ``win32cred`` offers."""

    CRED_TYPE_GENERIC = GENERIC
    CRED_PERSIST_SESSION, CRED_PERSIST_LOCAL_MACHINE, CRED_PERSIST_ENTERPRISE = 1, 2, 3

    class Failure(Exception):
        """``pywintypes.error``."""

        def __init__(self, winerror: int, funcname: str) -> None:
            super().__init__(winerror)
            self.winerror, self.funcname = winerror, funcname

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Any]] = {}
        self.ever: list[dict[str, Any]] = []

    def CredWrite(self, credential: dict[str, Any], _flags: int) -> None:
        blob = str(credential["CredentialBlob"]).encode("utf-16-le")
        if len(blob) > MOST_BYTES:
            raise self.Failure(1783, "CredWrite")  # RPC_X_BAD_STUB_DATA
        self.entries[credential["TargetName"]] = credential | {"CredentialBlob": blob}
        self.ever.append(self.entries[credential["TargetName"]])

    def CredRead(self, Type: int, TargetName: str) -> dict[str, Any]:  # noqa: N803 - Windows' names
        return self._found(Type, TargetName, "CredRead")

    def CredDelete(self, Type: int, TargetName: str) -> None:  # noqa: N803 - Windows' names
        self._found(Type, TargetName, "CredDelete")
        del self.entries[TargetName]

    def _found(self, kind: int, target: str, asked: str) -> dict[str, Any]:
        if kind != GENERIC or target not in self.entries:
            raise self.Failure(1168, asked)
        return self.entries[target]


@contextlib.contextmanager
def windows() -> Iterator[tuple[Vault, Windows.WinVaultKeyring]]:
    """The library's own back end over a made-up credential manager."""
    vault = Vault()
    errors = SimpleNamespace(error=Vault.Failure)
    with patch.multiple(Windows, create=True, win32cred=vault, pywintypes=errors, missing_deps=()):
        yield vault, Windows.WinVaultKeyring()  # type: ignore[no-untyped-call]


class Keychains:
    """The login keychain and that of data protection; implements ``Security``.

    ``entitled``: the program may use the second. ``denies``: the person says no.
    """

    def __init__(self, *, entitled: bool) -> None:
        self.entitled, self.denies = entitled, False
        self.items: dict[tuple[bool, str, str], dict[str, Any]] = {}
        self.ever: list[tuple[tuple[bool, str, str], dict[str, Any]]] = []
        self.added = 0

    def find(self, query: Query) -> tuple[int, bytes]:
        key, status = self._looked_up(query)
        return status, bytes(self.items[key]["kSecValueData"]) if status == 0 else b""

    def add(self, query: Query) -> int:
        key, status = self._looked_up(query)
        if status == NOT_FOUND:
            self.items[key] = dict(query)
            self.ever.append((key, self.items[key]))
            self.added += 1
            return 0
        return status or -25299  # errSecDuplicateItem

    def update(self, query: Query, changes: Query) -> int:
        key, status = self._looked_up(query)
        if status == 0:
            self.items[key] = {**self.items[key], **changes}
            self.ever.append((key, self.items[key]))
        return status

    def delete(self, query: Query) -> int:
        key, status = self._looked_up(query)
        if status == 0:
            del self.items[key]
        return status

    def _looked_up(self, query: Query) -> tuple[tuple[bool, str, str], int]:
        assert query["kSecClass"] == Named("kSecClassGenericPassword")
        protected = query.get("kSecUseDataProtectionKeychain") is True
        key = (protected, str(query["kSecAttrService"]), str(query["kSecAttrAccount"]))
        if protected and not self.entitled:
            return key, NO_ENTITLEMENT
        if self.denies:
            return key, DENIED
        return key, 0 if key in self.items else NOT_FOUND
