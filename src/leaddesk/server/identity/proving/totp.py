"""One-time codes by time (RFC 6238 over RFC 4226): SHA-1, six digits, 30 seconds, as every app speaks them.

Twenty lines on ``hmac`` instead of a dependency; the vectors of the RFC hold them.
"""

import base64
import hashlib
import hmac
import re
import secrets
from datetime import datetime
from urllib.parse import quote

from leaddesk.personal.masked import Secret

SECONDS, DIGITS, SECRET_BYTES = 30, 6, 20
DRIFT = 1
"""Steps before and after the current one that are taken, for clocks that go wrong (RFC 6238, 5.2)."""
_CODE = re.compile(r"[0-9]{6}")


def new_secret() -> bytes:
    """Draw 160 bits (RFC 4226, 4: at least 128)."""
    return secrets.token_bytes(SECRET_BYTES)


def step_at(moment: datetime) -> int:
    """Count the steps since the epoch."""
    return int(moment.timestamp()) // SECONDS


def code_of(secret: bytes, step: int) -> str:
    """Compute the code of a step (RFC 4226, 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    place = digest[-1] & 0x0F
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(secret: bytes, given: str, moment: datetime) -> int | None:
    """Tell which step near a moment a code belongs to; nothing if to none. All steps are always compared."""
    now, found = step_at(moment), None
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(code_of(secret, step).encode(), given.encode()):
            found = step
    return found


def is_code(given: str) -> bool:
    """Tell whether a text has the form of a code."""
    return _CODE.fullmatch(given) is not None


def shown(secret: bytes) -> Secret:
    """Write a secret as people type it into an app: base32 without padding."""
    return Secret(base64.b32encode(secret).decode().rstrip("="))


def address_of(secret: bytes, issuer: str, email: str) -> Secret:
    """Write what a QR code holds (the apps' Key Uri Format)."""
    label = f"{quote(issuer, safe='')}:{quote(email, safe='@')}"
    told = f"secret={shown(secret).reveal()}&issuer={quote(issuer, safe='')}"
    return Secret(f"otpauth://totp/{label}?{told}&algorithm=SHA1&digits={DIGITS}&period={SECONDS}")
