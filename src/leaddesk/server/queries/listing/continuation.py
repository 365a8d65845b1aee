"""Continuations: where the next page begins, bound to the filter and authenticated.

A continuation is the sort values of the last row and a MAC over them, the tenant, the caller's view and the
filter: it opens nothing for anyone else, and a changed filter does not silently continue another list.
"""

import base64
import binascii
import hmac

import msgspec

from leaddesk.server.domain.refusal import invalid

_MAC = 16
_DECODER = msgspec.json.Decoder(list[str])


def seal(secret: bytes, bound_to: str, values: list[str]) -> str:
    """Write a continuation."""
    body = msgspec.json.encode(values)
    return base64.urlsafe_b64encode(_mac(secret, bound_to, body) + body).decode().rstrip("=")


def unseal(secret: bytes, bound_to: str, text: str) -> list[str]:
    """Read a continuation. Raises ``Refused`` (invalid) for one that is not ours or of another request."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        raw = b""
    if len(raw) <= _MAC or not hmac.compare_digest(raw[:_MAC], _mac(secret, bound_to, raw[_MAC:])):
        raise invalid("continuation", "the x-continuation of the same request")
    return _DECODER.decode(raw[_MAC:])


def _mac(secret: bytes, bound_to: str, body: bytes) -> bytes:
    return hmac.digest(secret, bound_to.encode() + b"\x1f" + body, "sha256")[:_MAC]
