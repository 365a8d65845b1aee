"""What a session holds: an access token in memory, a profile that may outlive the process."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field

from leaddesk.personal.masked import Secret

PROFILE_CAP = 1_200
"""Characters; the Windows credential store allows 1,280 UTF-16 units (guarantee B3)."""


@dataclass(frozen=True, slots=True)
class Access:
    """A short-lived access token. ``good_until`` is on the monotonic clock."""

    token: Secret
    good_until: float


@dataclass(frozen=True, slots=True)
class Profile:
    """The one thing that may outlive the process: where, and a revocable token.

    ``profile_id`` is random and names nobody. ``rotation_id`` is set while a refresh is under way: asked
    again with it, the server answers with the same successor (guarantee B5). ``is_key``: the token is an API
    key, shown as it is and never rotated. ``kept``: false for a key that no vault is to hear of. ``session``:
    the id the server lists it under, where that is known; in no vault, and no secret.
    """

    profile_id: str
    address: str
    refresh: Secret
    rotation_id: str | None = None
    is_key: bool = False
    kept: bool = True
    session: str | None = field(default=None, compare=False)

    def to_text(self) -> str:
        """Encode for the vault."""
        facts: dict[str, object] = {"a": self.address, "t": self.refresh.reveal()}
        if self.rotation_id is not None:
            facts["r"] = self.rotation_id
        if self.is_key:
            facts["k"] = True
        return json.dumps(facts, separators=(",", ":"), ensure_ascii=True)


@dataclass(frozen=True, slots=True)
class ShownKey:
    """An API key that the server knows; ``keep``: the vault may have it, else nothing hears of it."""

    key: Secret
    keep: bool


def read_profile(profile_id: str, text: str) -> Profile | None:
    """Decode an entry of the vault; ``None`` when it is not one of ours."""
    try:
        facts = json.loads(text)
    except ValueError:
        return None
    if not isinstance(facts, dict):
        return None
    address, token, rotation = facts.get("a"), facts.get("t"), facts.get("r")
    if not isinstance(address, str) or not isinstance(token, str) or not token:
        return None
    is_key = facts.get("k") is True
    return Profile(
        profile_id, address, Secret(token), rotation if isinstance(rotation, str) else None, is_key
    )


def only_named(profile_id: str) -> Profile:
    """Return an entry of which nothing is known but its id: enough to have it forgotten."""
    return Profile(profile_id, "", Secret(""))


def random_name() -> str:
    """Return a new profile or rotation id: 128 random bits, 22 characters."""
    return secrets.token_urlsafe(16)


def new_verifier() -> Secret:
    """Return a PKCE code verifier (RFC 7636, 4.1)."""
    return Secret(secrets.token_urlsafe(48))


def challenge_of(verifier: Secret) -> str:
    """Return the S256 challenge of a verifier (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.reveal().encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
