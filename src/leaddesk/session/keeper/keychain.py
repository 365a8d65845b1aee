"""macOS' keychain: entries of this device alone, changed where they stand (guarantee B4).

The library deletes an entry and adds it anew, so that it loses its "Always allow", and says nothing of where
it may travel. Written after Apple's documents (SecItemAdd, SecItemUpdate, kSecAttrAccessible, technical note
3137); it was not run on a Mac.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

NOT_FOUND, NO_ENTITLEMENT, DENIED, NO_PROMPT = -25300, -34018, -128, -25308


@dataclass(frozen=True)
class Named:
    """A constant of the framework, by its name."""

    name: str


HERE_ONLY = Named("kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly")
"""Readable while nobody looks at the screen: a token that is renewed then has to be kept."""

Query = Mapping[str, "str | bytes | bool | Named"]


class Security(Protocol):
    """Four calls of the Security framework; each returns its status."""

    def find(self, query: Query) -> tuple[int, bytes]:
        """``SecItemCopyMatching``, for the data of one item."""
        ...

    def add(self, query: Query) -> int:
        """``SecItemAdd``."""
        ...

    def update(self, query: Query, changes: Query) -> int:
        """``SecItemUpdate``."""
        ...

    def delete(self, query: Query) -> int:
        """``SecItemDelete``."""
        ...


class KeychainFailed(Exception):
    """A status nobody expects."""


class KeyringLocked(Exception):
    """The person said no, or cannot be asked; named like the library's, by which the vault knows it."""


class Keychain:
    """Implements :class:`~leaddesk.session.keeper.here.Entries`.

    An entry lies in the data protection keychain, readable on this device only, never synchronised. A program
    without an entitlement has none; then it lies in the login keychain, which no synchronisation knows of
    either, but which a backup or a move to another Mac takes along, encrypted.
    """

    def __init__(self, security: Security) -> None:
        self._security = security

    def get_password(self, service: str, username: str) -> str | None:
        """Return a secret. Raises :class:`KeyringLocked`, :class:`KeychainFailed`."""
        for protected in (True, False):
            wanted: Query = {"kSecMatchLimit": Named("kSecMatchLimitOne"), "kSecReturnData": True}
            status, data = self._security.find({**_query(service, username, protected), **wanted})
            if _is_there(status):
                return data.decode()
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret. Raises :class:`KeyringLocked`, :class:`KeychainFailed`."""
        for protected in (True, False):
            if _is_there(status := self._put(service, username, password, protected=protected)):
                return
        raise KeychainFailed(status)

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret wherever it lies. Raises :class:`KeyringLocked`, :class:`KeychainFailed`."""
        for protected in (True, False):
            _is_there(self._security.delete(_query(service, username, protected)))

    def _put(self, service: str, username: str, password: str, *, protected: bool) -> int:
        query = _query(service, username, protected)
        changes: dict[str, str | bytes | bool | Named] = {"kSecValueData": password.encode()}
        if protected:
            changes["kSecAttrAccessible"] = HERE_ONLY
        status = self._security.update(query, changes)
        return self._security.add(query | changes) if status == NOT_FOUND else status


def _query(service: str, username: str, protected: bool) -> dict[str, str | bytes | bool | Named]:
    """An item of the login keychain is asked for without the words of the other: it does not know them."""
    query: dict[str, str | bytes | bool | Named] = {
        "kSecClass": Named("kSecClassGenericPassword"),
        "kSecAttrService": service,
        "kSecAttrAccount": username,
    }
    if protected:
        query |= {"kSecUseDataProtectionKeychain": True, "kSecAttrSynchronizable": False}
    return query


def _is_there(status: int) -> bool:
    if status in (DENIED, NO_PROMPT):
        raise KeyringLocked
    if status not in (0, NOT_FOUND, NO_ENTITLEMENT):
        raise KeychainFailed(status)
    return status == 0


class Framework:
    """Implements :class:`Security` by what the library loaded of the system (its module ``api``)."""

    def __init__(self, api: Any) -> None:
        self._api = api
        self._data = api._found.CFDataCreate
        self._data.restype = ctypes.c_void_p
        self._data.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_long)
        self._update = api._sec.SecItemUpdate
        self._update.restype = ctypes.c_int32
        self._update.argtypes = (ctypes.c_void_p, ctypes.c_void_p)

    def find(self, query: Query) -> tuple[int, bytes]:
        """``SecItemCopyMatching``."""
        found = ctypes.c_void_p()
        status = self._api.SecItemCopyMatching(self._made(query), ctypes.byref(found))
        return status, self._api.cfstr_to_str(found).encode() if status == 0 else b""

    def add(self, query: Query) -> int:
        """``SecItemAdd``."""
        status: int = self._api.SecItemAdd(self._made(query), None)
        return status

    def update(self, query: Query, changes: Query) -> int:
        """``SecItemUpdate``."""
        status: int = self._update(self._made(query), self._made(changes))
        return status

    def delete(self, query: Query) -> int:
        """``SecItemDelete``."""
        status: int = self._api.SecItemDelete(self._made(query))
        return status

    def _made(self, query: Query) -> Any:
        return self._api.create_query(**{name: self._value(value) for name, value in query.items()})

    def _value(self, value: str | bytes | bool | Named) -> Any:
        if isinstance(value, bool):  # the library would make a number of it
            name = "kCFBooleanTrue" if value else "kCFBooleanFalse"
            return ctypes.c_void_p.in_dll(self._api._found, name)
        if isinstance(value, bytes):
            return self._data(None, value, len(value))
        return self._api.k_(value.name) if isinstance(value, Named) else value
