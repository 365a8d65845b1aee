"""How credentials rest: as SHA-256. They hold 256 random bits, so no salt and no slow hash is needed."""

import hashlib


def digest_of(credential: str) -> bytes:
    """Return what is stored of a token, code or key."""
    return hashlib.sha256(credential.encode()).digest()
