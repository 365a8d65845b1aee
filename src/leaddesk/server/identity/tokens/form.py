"""The form of tokens: a kind, a selector that names the session, a secret; base64url.

The selector is 128 random bits that all tokens of one session share: whoever holds one can be told which
session it belongs to, also when it was replaced long ago, and nothing needs to be kept of it. The secret is
256 bits. Tokens rest as SHA-256; the session is named by the digest of its selector, so that a session's id
can be shown and opens nothing.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from leaddesk.server.identity.tokens.digests import digest_of

ACCESS, REFRESH = "lda_", "ldr_"
SELECTOR_BYTES, SECRET_BYTES = 16, 32
_LENGTH = 64
"""Characters of selector and secret; 48 bytes need no padding."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as its bearer has it."""

    kind: str
    selector: bytes = field(repr=False)
    secret: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """Write the token."""
        return self.kind + base64.urlsafe_b64encode(self.selector + self.secret).decode()

    @property
    def digest(self) -> bytes:
        """What is kept of it."""
        return digest_of(self.text)

    @property
    def mark(self) -> bytes:
        """The mark of its session's door."""
        return hashlib.sha256(b"session\x1f" + self.selector).digest()

    @property
    def session(self) -> str:
        """The id of its session."""
        return self.mark.hex()


def begun() -> Token:
    """Draw the first refresh token of a session."""
    return Token(REFRESH, secrets.token_bytes(SELECTOR_BYTES), secrets.token_bytes(SECRET_BYTES))


def access_beside(refresh: Token) -> Token:
    """Draw an access token of the same session."""
    return Token(ACCESS, refresh.selector, secrets.token_bytes(SECRET_BYTES))


def successor_of(refresh: Token, rotation_id: str, key: bytes) -> Token:
    """Derive the next refresh token: the same for the same token and rotation id, for nobody else."""
    material = f"{refresh.text}\n{rotation_id}".encode()
    return Token(REFRESH, refresh.selector, hmac.digest(key, material, hashlib.sha256))


def token_of(text: str, *kinds: str) -> Token | None:
    """Read a token of one of these kinds; nothing when it has not the form of one."""
    kind, body = text[: len(ACCESS)], text[len(ACCESS) :]
    if kind not in kinds or len(body) != _LENGTH:
        return None
    try:
        content = base64.b64decode(body, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return Token(kind, content[:SELECTOR_BYTES], content[SELECTOR_BYTES:])


def session_of(text: str) -> str | None:
    """Name the session a token belongs to; nothing when it has not the form of one."""
    token = token_of(text, ACCESS, REFRESH)
    return None if token is None else token.session
