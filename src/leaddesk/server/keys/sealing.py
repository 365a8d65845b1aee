"""Authenticated encryption: AES-256-GCM with a random nonce of 96 bits in front (NIST SP 800-38D).

One key seals few messages – a lead's events and rows, or one night's wrapped keys – far below the 2^32 that
random nonces allow. Everything is bound to whose it is, under which key and where it lies.
"""

import os
from collections.abc import Iterable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from leaddesk.server.keys.port import Joined, SealedColumns

KEY_BYTES = 32
NONCE_BYTES = 12
OVERHEAD = 1 + NONCE_BYTES + 16
"""What sealing adds: the form, the nonce, the tag."""

_CONTENT = 1 + NONCE_BYTES
_FORM = b"\x01"
_FORM_BYTE = _FORM[0]
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
    ciphers: Iterable[Cipher | None], sealed: Iterable[tuple[str, str, bytes, str]]
) -> list[bytes | None]:
    """Open many of tenant, key id, content, place; nothing without a cipher. Raises :class:`Unreadable`.

    Says the same as :func:`bound` and :func:`unseal`, without a call for each.
    """
    opened: list[bytes | None] = []
    try:
        for cipher, (tenant, key_id, content, place) in zip(ciphers, sealed, strict=True):
            if cipher is None:
                opened.append(None)
                continue
            if content[0] != _FORM_BYTE:
                raise Unreadable
            bound_to = f"{tenant}\x1f{key_id}\x1f{place}".encode()
            opened.append(cipher.decrypt(content[1:_CONTENT], content[_CONTENT:], bound_to))
    except (InvalidTag, ValueError, IndexError):
        raise Unreadable from None
    return opened


def unseal_joined(ciphers: Sequence[Cipher | None], sealed: SealedColumns, joint: bytes) -> Joined:
    """Open many into one buffer, where they lie as they will leave: half the time of opening each into
    bytes of its own and joining them (P11). Raises :class:`Unreadable`.
    """
    there = [cipher for cipher in ciphers if cipher is not None]
    if len(there) < len(ciphers):
        opened = unseal_joined(there, _with_cipher(ciphers, sealed), joint)
        sizes = iter(opened.sizes)
        return Joined(opened.buffer, [None if cipher is None else next(sizes) for cipher in ciphers])
    lengths = [len(content) - OVERHEAD for content in sealed.contents]
    end = 0
    try:
        buffer = bytearray(joint) * (1 + sum(lengths) + len(lengths))
        view = memoryview(buffer)
        for cipher, tenant, key_id, content, place in zip(there, *sealed, strict=True):
            begin = end + 1
            end = begin + len(content) - OVERHEAD
            if content[0] != _FORM_BYTE:
                raise Unreadable
            bound_to = f"{tenant}\x1f{key_id}\x1f{place}".encode()
            cipher.decrypt_into(content[1:_CONTENT], content[_CONTENT:], bound_to, view[begin:end])
    except (InvalidTag, ValueError, IndexError):
        raise Unreadable from None
    return Joined(buffer, [*lengths])


def _with_cipher(ciphers: Sequence[Cipher | None], sealed: SealedColumns) -> SealedColumns:
    kept = [one for cipher, *one in zip(ciphers, *sealed, strict=True) if cipher is not None]
    return SealedColumns(*map(list, zip(*kept, strict=True))) if kept else SealedColumns((), (), (), ())
