"""AES-GCM for what is to outlive a lock: the text stays here, the key goes into the keyring (guarantee A6).

Source: NIST SP 800-38D; 256-bit keys from the system, 96-bit random nonces, one key for one text.
"""

from __future__ import annotations

import base64
import os
from typing import NamedTuple, Protocol

from leaddesk.personal.masked import Secret
from leaddesk.session.tokens import Profile, only_named

_KEY_BYTES, _NONCE_BYTES = 32, 12
_WHAT_FOR = b"leaddesk: unsent, behind a lock"


class KeyShelf(Protocol):
    """Where keys lie: a vault that outlives nothing but a lock (:class:`~leaddesk.session.vault.Vault`)."""

    async def put_aside(self, key: Secret) -> str | None:
        """Keep a key under a name of its own; ``None``: it could not be kept."""
        ...

    async def look_up(self, name: str) -> Secret | None:
        """Return a key."""
        ...

    async def remove(self, profile: Profile) -> None:
        """Forget an entry."""
        ...


class Key(NamedTuple):
    """A key for one text, and its name in the keyring."""

    name: str
    content: Secret


class Keys(Protocol):
    """Where fresh keys come from (:class:`~leaddesk.session.sealing.ahead.KeyAhead`)."""

    async def take(self) -> Key | None:
        """Give out a key that is kept; ``None``: nothing keeps one."""
        ...


class Sealed(NamedTuple):
    """Ciphertext, and the name under which the keyring has its key. Opens nothing by itself."""

    name: str
    nonce: bytes
    content: bytes

    def to_text(self) -> str:
        """Encode to be handed over."""
        parts = (self.nonce, self.content)
        return " ".join((self.name, *(base64.b64encode(part).decode("ascii") for part in parts)))


def read_sealed(text: str) -> Sealed | None:
    """Decode what :meth:`Sealed.to_text` wrote; anything else is ``None``."""
    parts = text.split(" ")
    if len(parts) != 3:
        return None
    try:
        return Sealed(parts[0], *(base64.b64decode(part, validate=True) for part in parts[1:]))
    except ValueError:
        return None


async def new_key(shelf: KeyShelf) -> Key | None:
    """Draw a key and have it kept; ``None``: nothing keeps it."""
    key = Secret(base64.b64encode(os.urandom(_KEY_BYTES)).decode("ascii"))
    name = await shelf.put_aside(key)
    return Key(name, key) if name is not None else None


async def seal(keys: Keys, content: bytes) -> Sealed | None:
    """Encrypt, once the key is kept; ``None``: nothing keeps a key here, so nothing is sealed."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key, nonce = await keys.take(), os.urandom(_NONCE_BYTES)
    if key is None:
        return None
    return Sealed(
        key.name, nonce, AESGCM(base64.b64decode(key.content.reveal())).encrypt(nonce, content, _WHAT_FOR)
    )


async def unseal(shelf: KeyShelf, sealed: Sealed) -> bytes | None:
    """Decrypt; ``None``: the key is gone, or this is not what was sealed with it.

    The key stays until the text is where it belongs: whoever has it there forgets the key.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key = await shelf.look_up(sealed.name)
    if key is None:
        return None
    try:
        return AESGCM(base64.b64decode(key.reveal())).decrypt(sealed.nonce, sealed.content, _WHAT_FOR)
    except (InvalidTag, ValueError):
        return None


async def forget_key(shelf: KeyShelf, name: str) -> None:
    """Have a key forgotten: nothing is to be opened with it any more."""
    await shelf.remove(only_named(name))
