"""What the sign-in page shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from leaddesk.ui.kit.brand.instance import Instance


class Trouble(StrEnum):
    """Why nobody is signed in; the values are the keys of the sentences (signin.trouble_…)."""

    WRONG = "wrong"
    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"
    UNAVAILABLE = "unavailable"
    UNTRUSTED = "untrusted"
    NOT_LEADDESK = "not_leaddesk"
    ENDED = "ended"
    OTHER = "other"


@dataclass(frozen=True)
class SignInState:
    """One picture of the page.

    ``server``: the address in force, from flags or settings; nobody can change it here. ``seconds``: how long
    the server wants us to wait (Trouble.THROTTLED). ``session_only``: the keyring cannot be used.
    ``resumable``: a session is in the keyring, but the server could not be asked. ``promises``: whether the
    facts about this workstation are known and can be opened.
    """

    instance: Instance
    server: str
    version: str
    email: str = field(default="", repr=False)
    busy: bool = False
    trouble: Trouble | None = None
    seconds: int = 0
    session_only: bool = False
    resumable: bool = False
    promises: bool = False
