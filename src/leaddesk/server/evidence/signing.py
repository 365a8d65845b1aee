"""Ed25519 (RFC 8032): who can write the database can rebuild a chain, but not sign its head.

The private key lies in a file of its own; who verifies needs the public key alone, kept with the sink.
"""

import base64
import binascii
import hashlib
import stat
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SEED_BYTES = 32


class KeyUnusable(Exception):
    """There is no usable signing key; the text says what is wrong with it, never what it is."""


class Signer:
    """Signs. Nothing of the key shows in ``repr``."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = key.public_key().public_bytes_raw()

    @property
    def key_id(self) -> str:
        """Name the key: 16 hex digits of its public half's SHA-256."""
        return key_id_of(self.public)

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of a signature."""
        return self._key.sign(message)


def random_signer() -> Signer:
    """Draw a key for one run (demo, tests)."""
    return Signer(Ed25519PrivateKey.generate())


def signer_from_file(path: Path) -> Signer:
    """Read 32 bytes in base64. Raises :class:`KeyUnusable`."""
    try:
        mode, text = path.stat().st_mode, path.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        raise KeyUnusable("the file cannot be read as base64") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyUnusable("others may read the file; it must be its owner's alone (mode 600)")
    try:
        seed = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise KeyUnusable("it is not base64") from None
    if len(seed) != SEED_BYTES:
        raise KeyUnusable(f"it must be {SEED_BYTES} bytes in base64")
    return Signer(Ed25519PrivateKey.from_private_bytes(seed))


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether a signature over a message is of this key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def key_id_of(public: bytes) -> str:
    """Name a public key."""
    return hashlib.sha256(public).hexdigest()[:16]
