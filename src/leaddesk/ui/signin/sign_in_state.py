"""What the sign-in page shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.ui.signin.servers import Servers


class Trouble(StrEnum):
    """Why nobody is signed in; the values are the keys of the sentences (signin.trouble_…)."""

    WRONG = "wrong"
    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"
    UNAVAILABLE = "unavailable"
    UNTRUSTED = "untrusted"
    NOT_LEADDESK = "not_leaddesk"
    ENDED = "ended"
    CODE = "code"
    TICKET_OVER = "ticket_over"
    NETWORK = "network"
    BROWSER_REFUSED = "browser_refused"
    BROWSER_LATE = "browser_late"
    NO_LOOPBACK = "no_loopback"
    CODE_OVER = "code_over"
    KEY = "key"
    KEY_SHAPE = "key_shape"
    KEY_TOO_LONG = "key_too_long"
    KEY_READS_NOTHING = "key_reads_nothing"
    MISNAMED = "misnamed"
    NO_WAY = "no_way"
    FIRM_ONLY = "firm_only"
    OTHER = "other"


class BrowserStep(StrEnum):
    """Signing in with the browser: not offered, offered, under way, under way but no browser opened."""

    ABSENT = "absent"
    OFFERED = "offered"
    WAITING = "waiting"
    UNOPENED = "unopened"


class BrowserWish(StrEnum):
    """What a person wants of the browser: begin, copy the link it shall open, stop waiting."""

    BEGIN = "begin"
    COPY = "copy"
    CANCEL = "cancel"


@dataclass(frozen=True)
class SignInState:
    """One picture of the page.

    ``server``: the address in force. ``seconds``: how long the server wants us to wait (Trouble.THROTTLED).
    ``session_only``: the keyring cannot be used, ``keyring`` why not (signin.session_only_…).
    ``resumable``: a session is in the keyring, but the server could not be asked; ``held_up`` is the key of
    the sentence why, where that is known. ``promises``: whether the facts about this workstation are known
    and can be opened.
    ``form``: whether the server takes e-mail and password from here. ``key``: it takes API keys and knows
    nobody by name. ``second``: the password was right, the
    code of the second factor is asked for. ``obstacle``: what stands between here and the server
    (outcome.obstacle.…), where that is known. ``servers``: what else one could sign in to. ``back``: for whom
    one acts beside this.
    """

    instance: Instance
    server: str
    version: str
    email: str = field(default="", repr=False)
    busy: bool = False
    trouble: Trouble | None = None
    seconds: int = 0
    session_only: bool = False
    keyring: str = "no-service"
    resumable: bool = False
    held_up: str = ""
    promises: bool = False
    form: bool = True
    key: bool = False
    browser: BrowserStep = BrowserStep.ABSENT
    second: bool = False
    obstacle: str | None = None
    servers: Servers = field(default_factory=Servers)
    back: str = field(default="", repr=False)
