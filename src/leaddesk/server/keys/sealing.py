"""Authenticated encryption: AES-256-GCM with a random nonce of 96 bits in front (NIST SP 800-38D).

One key seals few messages – a lead's events and rows, or one night's wrapped keys – far below the 2^32 that
random nonces allow. Everything is bound to whose it is, under which key and where it lies.
"""

import os
from collections.abc import Iterable, Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
OVERHEAD = 1 + NONCE_BYTES + 16
"""What sealing adds: the form, the nonce, the tag."""

_CONTENT = 1 + NONCE_BYTES
_FORM = b"\x01"
"""The form of what is sealed, should there ever be another."""

Cipher = AESGCM


class Unreadable(Exception):
    """The bytes are not what was sealed here: changed, or from another tenant, key or place."""


def new_key() -> bytes:
    """Draw a key."""
    return os.urandom(KEY_BYTES)


def bound(tenant: str, key_id: str, place: str) -> bytes:
    """Name what sealed bytes are bound to; unambiguous, for none of the three holds the separator."""
    return f"{tenant}\x1f{key_id}\x1f{place}".encode()


def seal(cipher: Cipher, plain: bytes, bound_to: bytes) -> bytes:
    """Seal under a key."""
    nonce = os.urandom(NONCE_BYTES)
    return _FORM + nonce + cipher.encrypt(nonce, plain, bound_to)


def seal_with(cipher: Cipher, nonce: bytes, plain: bytes, bound_to: bytes) -> bytes:
    """Seal with a random nonce that was drawn among many at once; it must never be used again."""
    return _FORM + nonce + cipher.encrypt(nonce, plain, bound_to)


def sealed_anew(tenant: str, key_id: str, contents: Sequence[tuple[bytes, str]]) -> tuple[bytes, list[bytes]]:
    """Draw a key and seal contents under it, each for its place; for many leads at once."""
    drawn = os.urandom(KEY_BYTES + NONCE_BYTES * len(contents))
    cipher, start, sealed = Cipher(drawn[:KEY_BYTES]), KEY_BYTES, []
    whose = f"{tenant}\x1f{key_id}\x1f"
    for content, place in contents:
        nonce = drawn[start : start + NONCE_BYTES]
        start += NONCE_BYTES
        sealed.append(_FORM + nonce + cipher.encrypt(nonce, content, (whose + place).encode()))
    return drawn[:KEY_BYTES], sealed


def unseal(cipher: Cipher, sealed: bytes, bound_to: bytes) -> bytes:
    """Open what was sealed. Raises :class:`Unreadable`."""
    if sealed[:1] != _FORM or len(sealed) < OVERHEAD:
        raise Unreadable
    try:
        return cipher.decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], bound_to)
    except InvalidTag:
        raise Unreadable from None


def unseal_many(
    ciphers: Mapping[str, Mapping[str, Cipher]], sealed: Iterable[tuple[str, str, bytes, str]]
) -> list[bytes | None]:
    """Open many of tenant, key id, content, place; nothing without a cipher. Raises :class:`Unreadable`.

    Says the same as :func:`bound` and :func:`unseal`, without a call for each: pages are made of this (P11).
    """
    opened: list[bytes | None] = []
    try:
        for tenant, key_id, content, place in sealed:
            cipher = ciphers[tenant].get(key_id)
            if cipher is None:
                opened.append(None)
                continue
            if content[:1] != _FORM:
                raise Unreadable
            bound_to = f"{tenant}\x1f{key_id}\x1f{place}".encode()
            opened.append(cipher.decrypt(content[1:_CONTENT], content[_CONTENT:], bound_to))
    except (InvalidTag, ValueError):
        raise Unreadable from None
    return opened
