"""The master key: outside the database and the key store; it wraps the epoch keys and nothing else.

A file only its owner may read, or an environment variable; a key management service fits the same port.
"""

import base64
import binascii
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from leaddesk.server.keys.sealing import KEY_BYTES, Cipher, new_key, seal, unseal

VARIABLE = "LEADDESK_MASTER_KEY"


class MasterKey(Protocol):
    """Wraps and unwraps; may be a service that never gives its key away."""

    def wrap(self, plain: bytes) -> bytes:
        """Make bytes opaque."""

    def unwrap(self, wrapped: bytes) -> bytes:
        """Give them back. Raises ``Unreadable``."""


class MasterKeyUnusable(Exception):
    """There is no usable master key; the text says what is wrong with it, never what it is."""


class LocalMaster:
    """A master key in this process."""

    def __init__(self, key: bytes) -> None:
        self._cipher = Cipher(key)

    def wrap(self, plain: bytes) -> bytes:
        """Seal the bytes."""
        return seal(self._cipher, plain, b"epochs")

    def unwrap(self, wrapped: bytes) -> bytes:
        """Open the bytes. Raises ``Unreadable``."""
        return unseal(self._cipher, wrapped, b"epochs")


def random_master() -> LocalMaster:
    """Draw a master key for one run (demo, tests): what it wraps dies with the process."""
    return LocalMaster(new_key())


def master_from_file(path: Path) -> LocalMaster:
    """Read 32 bytes in base64 from a file. Raises :class:`MasterKeyUnusable`."""
    try:
        mode, text = path.stat().st_mode, path.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        raise MasterKeyUnusable("the file cannot be read as base64") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise MasterKeyUnusable("others may read the file; it must be its owner's alone (mode 600)")
    return _decoded(text)


def master_from_environment(environment: Mapping[str, str]) -> LocalMaster:
    """Read 32 bytes in base64 from ``LEADDESK_MASTER_KEY``. Raises :class:`MasterKeyUnusable`."""
    if VARIABLE not in environment:
        raise MasterKeyUnusable(f"{VARIABLE} is not set")
    return _decoded(environment[VARIABLE])


def _decoded(text: str) -> LocalMaster:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise MasterKeyUnusable("it is not base64") from None
    if len(key) != KEY_BYTES:
        raise MasterKeyUnusable(f"it must be {KEY_BYTES} bytes in base64")
    return LocalMaster(key)
